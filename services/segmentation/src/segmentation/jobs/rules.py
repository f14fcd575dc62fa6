"""Keeping everybody measured by the house's own rules: once they are written, as time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.logs import get_logger
from chassis.repeating import repeat
from segmentation.use_cases.find_segment_members import find_segment_members
from segmentation.use_cases.turn_profiles import turn_profiles

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_BATCH = 1000
_LOOK_EVERY_SECONDS = 1
_TURN_EVERY = timedelta(seconds=10)

log = get_logger()


async def keep_rules(database: Database, stop: asyncio.Event) -> None:
    """Find members of new rules, and let time pass, until `stop` is set."""
    turned_at: datetime | None = None

    async def step() -> None:
        nonlocal turned_at
        now = datetime.now(UTC)
        await find_members(database, now=now)
        if turned_at is None or now >= turned_at + _TURN_EVERY:
            await turn_base(database, now=now)
            turned_at = now

    await repeat("rules", step, every_seconds=_LOOK_EVERY_SECONDS, stop=stop)


async def find_members(database: Database, *, now: datetime) -> None:
    """Find the members of all segments that were written or changed."""
    is_one = True
    while is_one:
        async with unit_of_work(database) as tx:
            is_one = await find_segment_members(tx, now=now, limit=_BATCH)


async def turn_base(database: Database, *, now: datetime) -> None:
    """Measure all whom the time up to `now` may have brought into a rule, or out of it."""
    last: str | None = ""
    while last is not None:
        async with unit_of_work(database) as tx:
            last = await turn_profiles(tx, after=last, now=now, limit=_BATCH)
