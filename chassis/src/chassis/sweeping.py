"""The hourly sweep of what the plumbing need not remember any longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis import idempotency, inbox
from chassis.database import unit_of_work
from chassis.logs import get_logger
from chassis.repeating import repeat

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 3600

log = get_logger()


async def sweep(database: Database, stop: asyncio.Event) -> None:
    """Forget old inbox rows and idempotent answers, every hour until `stop` is set."""

    async def step() -> None:
        async with unit_of_work(database) as tx:
            answers = await idempotency.forget_old(tx)
            events = await inbox.forget_old(tx)
        log.info("sweep.done", answers=answers, events=events)

    await repeat("sweep", step, every_seconds=_EVERY_SECONDS, stop=stop)
