"""What a customer bought, as a whole: sums, countries, the latest orders with their parcels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.identity.tombstones import living_ids_of
from orders.domain.purchases import CountrySums, CurrencySums, by_country, by_currency
from orders.store.orders import latest_order_ids, load_orders
from orders.store.purchases import order_sums, return_sums

if TYPE_CHECKING:
    from chassis.database import Database
    from chassis.purview import Regions
    from orders.domain.order import Order


@dataclass(frozen=True, slots=True)
class Purchases:
    """A customer's purchases under the present id."""

    customer_id: str
    totals: tuple[CurrencySums, ...]
    countries: tuple[CountrySums, ...]
    latest_orders: list[Order]


async def read_purchases(
    database: Database, customer_id: str, *, regions: Regions, latest: int
) -> Purchases:
    """Add up what is at home in some regions of any of a customer's ids; nobody is unknown.

    Raises `CustomerErased`.
    """
    async with snapshot(database) as connection:
        ids = await living_ids_of(connection, customer_id)
        parts = [
            *await order_sums(connection, ids, regions),
            *await return_sums(connection, ids, regions),
        ]
        places = await latest_order_ids(connection, ids, regions=regions, before=None, limit=latest)
        orders = await load_orders(connection, [order_id for _, order_id in places])
    return Purchases(ids[0], by_currency(parts), by_country(parts), orders)
