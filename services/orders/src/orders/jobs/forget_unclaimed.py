"""Forgetting tracking events of parcels that nobody registers, every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from orders.use_cases.forget_unclaimed import KEPT, forget_unclaimed_events

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY = timedelta(hours=1)

log = get_logger()


async def forget_old(database: Database, stop: asyncio.Event) -> None:
    """Delete what waited for too long, until `stop` is set."""
    while not stop.is_set():
        try:
            count = await forget_unclaimed_events(database, before=datetime.now(UTC) - KEPT)
            log.info("unclaimed_events.forgotten", events=count)
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("unclaimed_events.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY.total_seconds())
