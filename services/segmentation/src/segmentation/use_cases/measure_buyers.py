"""Measure a page of the base by the scale in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.domain.profiles import assess
from segmentation.store import assessments, gate, profiles, yardsticks

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def measure_buyers(tx: Transaction, *, after: str, limit: int, now: datetime) -> str | None:
    """Measure the next buyers after a customer id; gives the last one's, or None at the end.

    Only profiles that would change are locked, and measured again once they are.
    """
    await gate.enter(tx)
    yardstick = await yardsticks.load(tx, today=now.date())
    page = await profiles.page(tx, after=after, limit=limit)
    if not page:
        return None
    first = [assess(profile, profile.indicators, yardstick) for profile in page]
    changing = [each.before.customer_id for each in first if each.has_changed]
    if changing:
        locked = await profiles.lock(tx, changing, now=now)
        measured = [assess(profile, profile.indicators, yardstick) for profile in locked]
        await assessments.keep(tx, measured, now=now)
    return page[-1].customer_id
