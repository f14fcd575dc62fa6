"""Finding what was sold under a serial number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from orders.domain.serial_numbers import SerialNumber, sales_of
from orders.store.orders import load_orders
from orders.store.serial_numbers import orders_with_serial_number, told_of

if TYPE_CHECKING:
    from chassis.database import Database
    from chassis.purview import Regions


async def find_serial_number(
    database: Database, serial_number: str, *, regions: Regions
) -> SerialNumber:
    """Give the sales at home in some regions; raises `SerialNumberUnknown`."""
    async with snapshot(database) as connection:
        ids = await orders_with_serial_number(connection, serial_number, regions=regions)
        orders = await load_orders(connection, ids)
        return sales_of(serial_number, orders, await told_of(connection, ids))
