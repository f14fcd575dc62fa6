"""Keeping everybody measured by the clock: on each new day, and when the base has doubled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from segmentation.jobs.ageing import age_base
from segmentation.jobs.scoring import score_base

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 60
"""Days end once a day, but looking costs a few look-ups in indexes."""

log = get_logger()


async def keep_measured(database: Database, house_currency: str, stop: asyncio.Event) -> None:
    """Score and age the base whenever it is due, until `stop` is set."""

    async def step() -> None:
        await measure_base(database, house_currency=house_currency, now=datetime.now(UTC))

    await repeat("measuring", step, every_seconds=_EVERY_SECONDS, stop=stop)


async def measure_base(database: Database, *, house_currency: str, now: datetime) -> None:
    """Draw new cut points if they are due, then let recency age.

    In this order: on a new day the cut points move with the base, and who merely grew a day older
    like everybody else does not leave a segment at midnight to come back at the next scoring.
    """
    buyers = await score_base(database, house_currency=house_currency, now=now)
    if buyers is not None:
        log.info("base.scored", buyers=buyers)
    aged = await age_base(database, now=now)
    if aged:
        log.info("profiles.aged", profiles=aged)
