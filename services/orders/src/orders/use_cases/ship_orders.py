"""Shipping many orders in one transaction, each with an outcome of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from chassis.database import driver, unit_of_work
from chassis.errors import Refusal
from orders.domain.commercial import OrderNotFound
from orders.domain.purchases import PURCHASES
from orders.domain.shipping import HandOver, hand_over, shipped_before
from orders.events import PARCEL, SHIPMENT
from orders.store.orders import load_orders, lock_orders
from orders.store.shipping import store_shipments
from orders.store.unclaimed import register_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.purview import Purview
    from orders.domain.order import Order, Parcel
    from orders.domain.shipping import ToldShipment


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipment with its parcels, in the sequence they were told; repeated if it was known."""

    shipment_id: UUID
    parcels: tuple[Parcel, ...]
    is_repeated: bool


Outcome: TypeAlias = Shipped | Refusal
"""What came of one of many: a refusal is a value here, because the others must still commit."""


async def ship_orders(
    database: Database,
    told: Sequence[ToldShipment],
    *,
    purview: Purview,
    now: datetime,
    new_token: Callable[[], str],
) -> list[Outcome]:
    """Hand the parcels of many orders over, as if one shipment came after the other.

    A shipment that was told before changes nothing: it is known by its parcels' numbers, for ever.
    """
    outcomes: dict[int, Outcome] = {}
    left = dict(enumerate(told))
    async with unit_of_work(database) as tx:
        connection = await driver(tx)
        await register_numbers(
            connection, (parcel.number for one in told for parcel in one.parcels)
        )
        await lock_orders(tx, {one.order_id for one in told})
        while left:
            turn = _one_of_each_order(left)
            orders = await load_orders(tx, [left[place].order_id for place in turn])
            by_id = {order.id: order for order in orders}
            leaving: list[HandOver] = []
            for place in turn:
                one = left.pop(place)
                judged = _judge(one, by_id.get(one.order_id), purview, now, new_token)
                if isinstance(judged, HandOver):
                    leaving.append(judged)
                    judged = Shipped(judged.shipment_id, judged.parcels, is_repeated=False)
                outcomes[place] = judged
            await store_shipments(tx, connection, leaving)
    return [outcomes[place] for place in range(len(told))]


def _one_of_each_order(left: dict[int, ToldShipment]) -> list[int]:
    """Give the places of each order's first shipment: the next ones see what it changed."""
    first: dict[UUID, int] = {}
    for place, one in left.items():
        first.setdefault(one.order_id, place)
    return list(first.values())


def _judge(
    told: ToldShipment,
    order: Order | None,
    purview: Purview,
    now: datetime,
    new_token: Callable[[], str],
) -> HandOver | Outcome:
    if order is None:
        return OrderNotFound()
    try:
        purview.refuse_closed(PURCHASES, order.home_region)
        known = shipped_before(order, told)
        if known is not None:
            return Shipped(known[0].shipment_id, known, is_repeated=True)
        return hand_over(
            order,
            told,
            shipment_id=SHIPMENT.new(),
            new_id=PARCEL.new,
            new_token=new_token,
            now=now,
        )
    except Refusal as refusal:
        return refusal
