"""Measuring carriers, every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.use_cases.measure_carriers import measure_carriers

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY = timedelta(hours=1)

log = get_logger()


async def keep_measuring_carriers(database: Database, stop: asyncio.Event) -> None:
    """Measure what is due, until `stop` is set."""

    async def step() -> None:
        months = await measure_carriers(database, now=datetime.now(UTC))
        log.info("scorecards.measured", months=len(months))

    await repeat("scorecards", step, every_seconds=_EVERY.total_seconds(), stop=stop)
