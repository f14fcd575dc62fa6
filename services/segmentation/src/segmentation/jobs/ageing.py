"""The sweep that lets recency age: no event tells that a customer has stayed away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from segmentation.use_cases.age_profiles import age_profiles

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

_BATCH = 1000


async def age_base(database: Database, *, now: datetime) -> int:
    """Score anew all whom the days up to `now` have aged; gives how many they were."""
    total = 0
    while True:
        async with unit_of_work(database) as tx:
            aged = await age_profiles(tx, now=now, limit=_BATCH)
        total += aged
        if aged < _BATCH:
            return total
