"""Letting go of places that were held for too long, so that lists and sums are right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.use_cases.sell_slots import sweep_holds

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 30.0

log = get_logger()


async def keep_sweeping_holds(database: Database, stop: asyncio.Event) -> None:
    """Sweep until `stop` is set."""

    async def step() -> bool:
        return bool(await sweep_holds(database, now=datetime.now(UTC)))

    await repeat("slot-holds", step, every_seconds=_EVERY_SECONDS, stop=stop)
