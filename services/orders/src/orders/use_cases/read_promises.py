"""Reading which promised windows were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from orders.domain.promises import check_period
from orders.store.promises import broken_promises, kept_shares

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.purview import Regions
    from orders.domain.promises import BrokenPromise, KeptShare, Period


async def read_kept_shares(
    database: Database, period: Period, *, regions: Regions, now: datetime
) -> list[KeptShare]:
    """Give what became of the promises of each zone and week; raises `PeriodNotPossible`."""
    check_period(period)
    async with snapshot(database) as connection:
        return await kept_shares(connection, period, regions=regions, now=now)


async def list_broken_promises(
    database: Database,
    period: Period,
    *,
    regions: Regions,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[BrokenPromise], bool]:
    """Give the promises that were not kept, and whether there are more.

    Raises `PeriodNotPossible`.
    """
    check_period(period)
    async with snapshot(database) as connection:
        found = await broken_promises(
            connection, period, regions=regions, now=now, after=after, limit=limit + 1
        )
    return found[:limit], len(found) > limit
