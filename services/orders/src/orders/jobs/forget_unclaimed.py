"""Forgetting tracking events of parcels that nobody registers, every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.use_cases.forget_unclaimed import KEPT, forget_unclaimed_events

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY = timedelta(hours=1)

log = get_logger()


async def forget_old(database: Database, stop: asyncio.Event) -> None:
    """Delete what waited for too long, until `stop` is set."""

    async def step() -> None:
        count = await forget_unclaimed_events(database, before=datetime.now(UTC) - KEPT)
        log.info("unclaimed_events.forgotten", events=count)

    await repeat("unclaimed-events", step, every_seconds=_EVERY.total_seconds(), stop=stop)
