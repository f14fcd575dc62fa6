"""Reading orders: one with its contact and payments, or a customer's, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.database import snapshot
from chassis.identity.tombstones import living_ids_of
from orders.store.contacts import contact_of
from orders.store.orders import latest_of_series, latest_order_ids, load_order, load_orders
from orders.store.payments import payments_of_order
from orders.store.references import latest_reuses

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from chassis.purview import Regions
    from orders.domain.order import Order
    from orders.domain.references import ReusedReference
    from orders.domain.settling import Paid


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """An order with whom to write to, and what its payments come to."""

    order: Order
    contact: dict[str, Any] | None
    paid: Paid


async def read_order(database: Database, order_id: UUID) -> Order:
    """Give an order; raises `OrderNotFound`."""
    async with snapshot(database) as connection:
        return await load_order(connection, order_id)


async def read_whole_order(database: Database, order_id: UUID) -> WholeOrder:
    """Give an order with its contact snapshot and its payments; raises `OrderNotFound`."""
    async with snapshot(database) as connection:
        order = await load_order(connection, order_id)
        payments = await payments_of_order(connection, order)
        return WholeOrder(order, await contact_of(connection, order_id), payments.paid)


async def list_orders(
    database: Database,
    customer_id: str,
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[Order], bool]:
    """Give the orders of all of a customer's ids, the latest first; and if more follow.

    Raises `CustomerErased`.
    """
    async with snapshot(database) as connection:
        ids = await living_ids_of(connection, customer_id)
        places = await latest_order_ids(
            connection, ids, regions=regions, before=before, limit=limit + 1
        )
        shown = [order_id for _, order_id in places[:limit]]
        return await load_orders(connection, shown), len(places) > limit


async def list_series(
    database: Database,
    series_id: str,
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[Order], bool]:
    """Give the orders of a series, the latest first; and if more follow."""
    async with snapshot(database) as connection:
        places = await latest_of_series(
            connection, series_id, regions=regions, before=before, limit=limit + 1
        )
        shown = [order_id for _, order_id in places[:limit]]
        return await load_orders(connection, shown), len(places) > limit


async def list_reused_references(
    database: Database,
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[ReusedReference], bool]:
    """Give what came under used references, the latest first; and if more follow."""
    async with snapshot(database) as connection:
        found = await latest_reuses(connection, regions=regions, before=before, limit=limit + 1)
        return found[:limit], len(found) > limit
