"""The worker's job after an upgrade that changed search keys; otherwise it ends at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import Backoff
from customer.use_cases.rebuild_search_keys import RecordsHeld, rebuild_search_keys

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

log = get_logger()


async def rebuild_until_done(database: Database, stop: asyncio.Event) -> None:
    """Make all search keys by the present scheme, then end; wait while records are held."""
    backoff = Backoff()
    together = 0
    while not stop.is_set():
        try:
            if not await rebuild_search_keys(database):
                log.info("search_keys.rebuilt", transactions=together)
                return
        except (RecordsHeld, SQLAlchemyError, OSError) as error:
            if not isinstance(error, RecordsHeld) and not is_transient(error):
                raise
            await backoff.wait(stop)
        else:
            together += 1
            backoff.reset()
