"""Handing goods to the customer where they are collected."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from orders.domain.allocation import leavable, leave, source_of
from orders.domain.commercial import begin_shipping
from orders.domain.fulfilment import pack
from orders.domain.order import Order, Packing
from orders.events import SHIPMENT
from orders.store.order_lines import save_allocations
from orders.store.orders import load_order, lock_order, set_commercial
from orders.store.parcels import insert_shipment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chassis.database import Database
    from chassis.idempotency import Once


async def collect_order(
    database: Database,
    order_id: UUID,
    location: str,
    told: Mapping[int, int] | None,
    *,
    now: datetime,
    once: Once[Order],
) -> Order:
    """Hand over what is told, or all that may leave from a location; it has then arrived.

    Raises the fact that forbids it.
    """
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        commercial = begin_shipping(order.commercial)
        source = source_of(order.lines, location)
        packed = pack(leavable(order.lines, source), [told])
        shipment_id = SHIPMENT.new()
        await insert_shipment(
            tx,
            order,
            shipment_id=shipment_id,
            packing=[Packing(shipment_id, None, one.line_no, one.quantity) for one in packed],
            at=now,
            location=location,
        )
        gone = {one.line_no: one.quantity for one in packed}
        await save_allocations(tx, order, leave(order.lines, gone, source))
        await set_commercial(tx, order, commercial)
        after = await load_order(tx, order_id)
        await set_commercial(tx, after, after.settled)
        return await once.keep(tx, await load_order(tx, order_id))
