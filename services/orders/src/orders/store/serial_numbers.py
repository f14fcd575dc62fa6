"""Orders by the serial numbers on their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from chassis.at_home import at_home_in
from orders.store.tables import order_lines, orders

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.purview import Regions

MOST_SALES = 50
"""How many sales of one serial number are read, the latest: a piece changes hands rarely."""


async def orders_with_serial_number(
    connection: AsyncConnection, serial_number: str, *, regions: Regions
) -> list[UUID]:
    """Give the orders at home in some regions with a serial number, the latest first."""
    found = (
        select(orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(
            order_lines.c.serial_number == serial_number,
            at_home_in(orders.c.home_region, regions),
        )
        .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
        .limit(MOST_SALES)
    )
    return list(dict.fromkeys(await connection.scalars(found)))
