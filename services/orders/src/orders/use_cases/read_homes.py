"""Where an order, a parcel or a return is at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from orders.store.homes import home_region

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database
    from orders.store.homes import Thing


async def home_region_of(database: Database, thing: Thing, thing_id: UUID) -> str | None:
    """Give the home region; None when there is no such thing, which its reader then says."""
    async with snapshot(database) as connection:
        return await home_region(connection, thing, thing_id)
