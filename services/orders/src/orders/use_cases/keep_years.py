"""The years that orders are stored in: made ahead of time, detached when they are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from orders.domain.years import check_over
from orders.store.years import (
    add_year,
    detach_year,
    open_orders,
    parcels_of_earlier,
    take_along,
    years,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database


async def list_years(database: Database) -> list[tuple[str, int, int]]:
    """Give each attached year with its bytes and about how many orders it has."""
    async with snapshot(database) as connection:
        return await years(connection)


async def prepare_next_year(database: Database, *, now: datetime) -> bool:
    """Make the year after the present one; gives False when it is there."""
    async with unit_of_work(database) as tx:
        return await add_year(tx, now.year + 1)


async def archive_year(database: Database, year: int, *, now: datetime) -> list[str]:
    """Detach a year of which every order is over; gives the tables that stand apart then.

    What there is of its orders elsewhere goes with it. Raises `YearNotOver`.
    """
    async with snapshot(database) as connection:
        check_over(
            year,
            still_open=await open_orders(connection, year),
            of_earlier=await parcels_of_earlier(connection, year),
            present_year=now.year,
        )
    apart = await detach_year(database, year)
    async with unit_of_work(database) as tx:
        return apart + await take_along(tx, year)
