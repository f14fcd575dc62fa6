"""The worker's job after an upgrade that changed search keys; otherwise it ends at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import Backoff
from customer.use_cases.derive_again import RecordsHeld, derive_again

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

log = get_logger()


async def derive_until_done(database: Database, stop: asyncio.Event) -> None:
    """Derive all records by the present scheme, then end; wait while some are held."""
    backoff = Backoff()
    together = 0
    while not stop.is_set():
        try:
            if not await derive_again(database):
                log.info("records.derived", transactions=together)
                return
        except (RecordsHeld, SQLAlchemyError, OSError) as error:
            if not isinstance(error, RecordsHeld) and not is_transient(error):
                raise
            await backoff.wait(stop)
        else:
            together += 1
            backoff.reset()
