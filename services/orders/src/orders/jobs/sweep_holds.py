"""Letting go of places that were held for too long, so that lists and sums are right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from orders.use_cases.sell_slots import sweep_holds

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 30.0

log = get_logger()


async def keep_sweeping_holds(database: Database, stop: asyncio.Event) -> None:
    """Sweep until `stop` is set."""
    while not stop.is_set():
        try:
            while await sweep_holds(database, now=datetime.now(UTC)) and not stop.is_set():
                pass
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("slot_holds.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY_SECONDS)
