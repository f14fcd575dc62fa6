"""Score anew the customers whom the mere passing of days has aged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.domain.profiles import assess
from segmentation.store import assessments, gate, profiles, yardsticks

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def age_profiles(tx: Transaction, *, now: datetime, limit: int) -> int:
    """Measure up to `limit` aged profiles as of now; gives how many there were."""
    await gate.enter(tx)
    yardstick = await yardsticks.load(tx, today=now.date())
    bounds = yardstick.scale.oldest_on(today=yardstick.today)
    customers = await profiles.aged(tx, bounds, limit=limit)
    if not customers:
        return 0
    known = await profiles.lock(tx, customers, now=now)
    measured = [assess(profile, profile.indicators, yardstick) for profile in known]
    await assessments.keep(tx, measured, now=now)
    return len(customers)
