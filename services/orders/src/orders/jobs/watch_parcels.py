"""Learning how long parcels take, and looking at those that are under way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.use_cases.learn_transits import learn_transits
from orders.use_cases.watch_parcels import watch_parcels

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_LEARN_EVERY_SECONDS = 600.0
_WATCH_EVERY_SECONDS = 2.0

log = get_logger()


async def keep_learning_transits(database: Database, stop: asyncio.Event) -> None:
    """Learn anew whenever that is due, until `stop` is set."""

    async def step() -> None:
        learnt = await learn_transits(database, now=datetime.now(UTC))
        if learnt is not None:
            log.info("transits.learnt", parcels=learnt.parcels, groups=learnt.groups)

    await repeat("transits", step, every_seconds=_LEARN_EVERY_SECONDS, stop=stop)


async def keep_watching_parcels(database: Database, warn_at: float, stop: asyncio.Event) -> None:
    """Look at what is due, until `stop` is set."""

    async def step() -> bool:
        return bool(await watch_parcels(database, now=datetime.now(UTC), warn_at=warn_at))

    await repeat("parcel-outlooks", step, every_seconds=_WATCH_EVERY_SECONDS, stop=stop)
