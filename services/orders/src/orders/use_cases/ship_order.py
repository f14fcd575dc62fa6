"""Shipping what is left of an order, or a part of it, in parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver, unit_of_work
from orders.domain.order import Order
from orders.domain.shipping import hand_over
from orders.events import PARCEL, SHIPMENT
from orders.store.orders import load_order, lock_order
from orders.store.shipping import store_shipments
from orders.store.unclaimed import register_numbers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chassis.database import Database
    from chassis.idempotency import Once
    from orders.domain.shipping import ToldShipment


async def ship_order(
    database: Database,
    told: ToldShipment,
    *,
    now: datetime,
    new_token: Callable[[], str],
    once: Once[Order],
) -> Order:
    """Hand parcels over to their carriers; the first shipment confirms the order.

    What carriers said of these parcels before is recorded with them.
    """
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        connection = await driver(tx)
        await register_numbers(connection, (parcel.number for parcel in told.parcels))
        await lock_order(tx, told.order_id)
        leaving = hand_over(
            await load_order(tx, told.order_id),
            told,
            shipment_id=SHIPMENT.new(),
            new_id=PARCEL.new,
            new_token=new_token,
            now=now,
        )
        await store_shipments(tx, connection, [leaving])
        return await once.keep(tx, await load_order(tx, told.order_id))
