"""Home regions of what is stored, and the condition that keeps to some of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from orders.store.tables import orders, parcels, returns, slot_holds

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


class Thing(StrEnum):
    """What has a home region: a parcel's and a place's is their order's."""

    ORDER = "order"
    PARCEL = "parcel"
    RETURN = "return"
    HOLD = "hold"


_HOMES = {
    Thing.ORDER: (orders.c.id, select(orders.c.home_region)),
    Thing.PARCEL: (
        parcels.c.id,
        select(orders.c.home_region).join(parcels, parcels.c.order_id == orders.c.id),
    ),
    Thing.RETURN: (returns.c.id, select(returns.c.home_region)),
    Thing.HOLD: (
        slot_holds.c.id,
        select(orders.c.home_region).join(slot_holds, slot_holds.c.order_id == orders.c.id),
    ),
}


async def home_region(connection: AsyncConnection, thing: Thing, thing_id: UUID) -> str | None:
    """Give where something is at home; None when it is not there."""
    column, statement = _HOMES[thing]
    return (await connection.execute(statement.where(column == thing_id))).scalar_one_or_none()
