"""Shipping what is left of an order, or a part of it, in parcels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import driver, unit_of_work
from chassis.outbox import announce
from orders.domain.allocation import leavable, leave, source_of
from orders.domain.commercial import begin_shipping, check_version
from orders.domain.fulfilment import pack
from orders.domain.leaving import check_kept_at
from orders.domain.messages import MessageKind, Note, confirmed_note
from orders.domain.order import Order, Packing, Parcel
from orders.domain.telling import ParcelNumber
from orders.domain.tracking import Story
from orders.events import PARCEL, SHIPMENT, ShipmentUpdated
from orders.store.messages import note_messages
from orders.store.order_lines import save_allocations
from orders.store.orders import load_order, lock_order, set_commercial
from orders.store.outlooks import begin_watching
from orders.store.parcels import insert_shipment
from orders.store.told_events import record_told
from orders.store.unclaimed import claim, register_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chassis.database import Database
    from chassis.idempotency import Once


@dataclass(frozen=True, slots=True)
class ToldParcel:
    """A parcel as told; `lines` (line_no → quantity) is None where nobody said what is in it."""

    carrier: str
    tracking_number: str
    lines: dict[int, int] | None
    service: str | None = None
    promised_until: datetime | None = None
    origin: str | None = None
    destination: str | None = None
    cost_minor: int | None = None


async def ship_order(
    database: Database,
    order_id: UUID,
    told: Sequence[ToldParcel],
    *,
    location: str | None = None,
    expected_version: int | None = None,
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
        await register_numbers(connection, map(_number, told))
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_version(order.version, expected=expected_version)
        commercial = begin_shipping(order.commercial)
        source = source_of(order.lines, location)
        check_kept_at(order.lines, source)
        packed = pack(leavable(order.lines, source), [parcel.lines for parcel in told])
        shipment_id = SHIPMENT.new()
        parcels = [
            _parcel(order, parcel, shipment_id=shipment_id, token=new_token(), now=now)
            for parcel in told
        ]
        packing = [
            Packing(
                shipment_id,
                None if one.parcel is None else parcels[one.parcel].id,
                one.line_no,
                one.quantity,
            )
            for one in packed
        ]
        await insert_shipment(
            tx,
            order,
            shipment_id=shipment_id,
            shipped=parcels,
            packing=packing,
            at=now,
            location=source,
        )
        await begin_watching(tx, parcels)
        gone: Counter[int] = Counter()
        for one in packed:
            gone[one.line_no] += one.quantity
        await save_allocations(tx, order, leave(order.lines, gone, source))
        await set_commercial(tx, order, commercial)
        await note_messages(tx, _notes(order, shipment_id, at=now))
        for parcel in parcels:
            event = ShipmentUpdated(
                parcel_id=parcel.id,
                order_id=order.id,
                status=parcel.status,
                occurred_at=now,
                carrier=parcel.carrier,
            )
            key = PARCEL.show(parcel.id)
            await announce(tx, event, key=key, sequence=parcel.version, at=now)
        waiting = await claim(connection, {_number(parcel): parcel.id for parcel in parcels})
        await record_told(tx, connection, waiting)
        return await once.keep(tx, await load_order(tx, order_id))


def _notes(order: Order, shipment_id: UUID, *, at: datetime) -> list[Note]:
    """Tell of the shipment, and of the order's confirmation where this is the first word of it."""
    shipped = Note(
        kind=MessageKind.SHIPPED,
        about_id=shipment_id,
        order_id=order.id,
        happened_at=at,
        facts={"shipment_id": str(shipment_id)},
    )
    return [confirmed_note(order.id, at=at), shipped]


def _number(parcel: ToldParcel | Parcel) -> ParcelNumber:
    return ParcelNumber(parcel.carrier, parcel.tracking_number)


def _parcel(
    order: Order, told: ToldParcel, *, shipment_id: UUID, token: str, now: datetime
) -> Parcel:
    story = Story()
    agreed = order.delivery
    return Parcel(
        id=PARCEL.new(),
        version=1,
        order_id=order.id,
        placed_at=order.placed_at,
        shipment_id=shipment_id,
        carrier=told.carrier,
        tracking_number=told.tracking_number,
        token=token,
        holds_rest=told.lines is None,
        registered_at=now,
        status=story.status,
        status_at=story.status_at,
        is_disputed=story.is_disputed,
        service=told.service or (agreed and agreed.service),
        promised_until=told.promised_until or (agreed and agreed.promised_until),
        origin=told.origin,
        destination=told.destination or (agreed and agreed.destination),
        cost_minor=told.cost_minor,
        lines=(),
    )
