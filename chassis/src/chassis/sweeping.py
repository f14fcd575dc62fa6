"""The hourly sweep of what the plumbing need not remember any longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis import idempotency, inbox
from chassis.database import is_transient, unit_of_work
from chassis.logs import get_logger
from chassis.waiting import wait_for_any

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 3600

log = get_logger()


async def sweep(database: Database, stop: asyncio.Event) -> None:
    """Forget old inbox rows and idempotent answers, every hour until `stop` is set."""
    while not stop.is_set():
        try:
            async with unit_of_work(database) as tx:
                answers = await idempotency.forget_old(tx)
                events = await inbox.forget_old(tx)
            log.info("sweep.done", answers=answers, events=events)
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("sweep.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY_SECONDS)
