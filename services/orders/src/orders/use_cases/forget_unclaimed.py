"""Forgetting what was told of parcels that nobody registered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from orders.store.unclaimed import forget_unclaimed

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

KEPT = timedelta(days=90)
"""Longer than a parcel is under way; what carriers wrote may name people, so it is not kept."""


async def forget_unclaimed_events(database: Database, *, before: datetime) -> int:
    """Delete tracking events that have waited for their parcel since before a moment."""
    async with unit_of_work(database) as tx:
        return await forget_unclaimed(tx, before=before)
