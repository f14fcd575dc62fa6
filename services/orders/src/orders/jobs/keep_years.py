"""Making the next year's partitions long before it begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from orders.use_cases.keep_years import prepare_next_year

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY = timedelta(hours=12)

log = get_logger()


async def keep_years(database: Database, stop: asyncio.Event) -> None:
    """See that the next year is there, until `stop` is set."""
    while not stop.is_set():
        now = datetime.now(UTC)
        try:
            if await prepare_next_year(database, now=now):
                log.info("year.prepared", year=now.year + 1)
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("year.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY.total_seconds())
