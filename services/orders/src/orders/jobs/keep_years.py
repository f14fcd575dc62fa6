"""Making the next year's partitions long before it begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.use_cases.keep_years import prepare_next_year

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY = timedelta(hours=12)

log = get_logger()


async def keep_years(database: Database, stop: asyncio.Event) -> None:
    """See that the next year is there, until `stop` is set."""

    async def step() -> None:
        now = datetime.now(UTC)
        if await prepare_next_year(database, now=now):
            log.info("year.prepared", year=now.year + 1)

    await repeat("years", step, every_seconds=_EVERY.total_seconds(), stop=stop)
