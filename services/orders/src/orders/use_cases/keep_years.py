"""The years that orders are stored in: made ahead of time, put away when they are over."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot, unit_of_work
from orders.domain.years import check_over
from orders.store.apart import empty_orders
from orders.store.years import (
    PARTITIONED,
    add_year,
    detach_year,
    open_orders,
    parcels_of_earlier,
    years,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

_EMPTIED_TOGETHER = 20_000
"""Many, because what no year parts is read as a whole for each."""


async def list_years(database: Database) -> list[tuple[str, int, int]]:
    """Give each attached year with its bytes and about how many orders it has."""
    async with snapshot(database) as connection:
        return await years(connection)


async def prepare_next_year(database: Database, *, now: datetime) -> bool:
    """Make the year after the present one; gives False when it is there."""
    async with unit_of_work(database) as tx:
        return await add_year(tx, now.year + 1)


async def archive_year(database: Database, year: int, *, now: datetime) -> list[str]:
    """Detach a year of which every order is over and make it nobody's; gives what stands apart.

    No erasure reaches what was dumped, so it holds nothing personal before anybody is told of it.
    It may be done again, and goes on where it was broken off. Raises `YearNotOver`.
    """
    async with snapshot(database) as connection:
        check_over(
            year,
            still_open=await open_orders(connection, year),
            of_earlier=await parcels_of_earlier(connection, year),
            present_year=now.year,
        )
    apart = await detach_year(database, year)
    if len(apart) == len(PARTITIONED):  # else somebody began to drop what was emptied before
        await _empty(database, year, now=now)
    return apart


async def _empty(database: Database, year: int, *, now: datetime) -> None:
    last: UUID | None = UUID(int=0)
    while last is not None:
        async with unit_of_work(database) as tx:
            last = await empty_orders(tx, year, after=last, limit=_EMPTIED_TOGETHER, at=now)
