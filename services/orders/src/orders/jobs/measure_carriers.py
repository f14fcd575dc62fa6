"""Measuring carriers, every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from orders.use_cases.measure_carriers import measure_carriers

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY = timedelta(hours=1)

log = get_logger()


async def keep_measuring_carriers(database: Database, stop: asyncio.Event) -> None:
    """Measure what is due, until `stop` is set."""
    while not stop.is_set():
        try:
            months = await measure_carriers(database, now=datetime.now(UTC))
            log.info("scorecards.measured", months=len(months))
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("scorecards.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY.total_seconds())
