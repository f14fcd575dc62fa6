"""Shipments of many orders stored at once, in the same few statements whatever their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from chassis.database import mark_announced
from chassis.outbox import outbox_row
from orders.domain.commercial import Commercial
from orders.domain.messages import MessageKind, Note, confirmed_note
from orders.domain.telling import ParcelNumber
from orders.events import PARCEL, ShipmentUpdated
from orders.store.messages import note_messages
from orders.store.order_lines import save_allocations
from orders.store.outlooks import begin_watching
from orders.store.parcels import parcel_columns, shipment_line_rows
from orders.store.tables import orders, shipment_lines, shipments
from orders.store.told_events import record_told
from orders.store.tracking_tables import parcels
from orders.store.unclaimed import claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Transaction
    from chassis.hot import Driver
    from chassis.outbox import OutboxRow
    from orders.domain.order import Parcel
    from orders.domain.shipping import HandOver

_ANNOUNCE = """
    INSERT INTO outbox (
        id, aggregatetype, aggregateid, type, sequence, payload, occurred_at, traceparent
    )
    SELECT * FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[],
        $7::timestamptz[], $8::text[]
    )
"""


async def store_shipments(tx: Transaction, connection: Driver, leaving: Sequence[HandOver]) -> None:
    """Store what leaves of locked orders, one shipment of each, and announce their parcels.

    Their numbers are registered (`register_numbers`), so that what carriers said of them before
    is recorded with them.
    """
    if not leaving:
        return
    shipped = [parcel for one in leaving for parcel in one.parcels]
    await _insert(tx, leaving)
    await begin_watching(tx, shipped)
    for one in leaving:
        await save_allocations(tx, one.order, one.kept)
    await _confirm(tx, leaving)
    await note_messages(tx, [note for one in leaving for note in _notes(one)])
    facts = [_announcement(parcel) for parcel in shipped]
    await connection.execute(_ANNOUNCE, *zip(*facts, strict=True))
    mark_announced(tx)
    waiting = await claim(connection, {_number(parcel): parcel.id for parcel in shipped})
    await record_told(tx, connection, waiting)


async def _insert(tx: Transaction, leaving: Sequence[HandOver]) -> None:
    of_order = {
        one.order.id: {"order_id": one.order.id, "placed_at": one.order.placed_at}
        for one in leaving
    }
    await tx.execute(
        insert(shipments),
        [
            of_order[one.order.id]
            | {"id": one.shipment_id, "shipped_at": one.at, "location": one.location}
            for one in leaving
        ],
    )
    await tx.execute(
        insert(parcels),
        [
            of_order[parcel.order_id] | parcel_columns(parcel)
            for one in leaving
            for parcel in one.parcels
        ],
    )
    rows = [row for one in leaving for row in shipment_line_rows(one.order, one.packing)]
    await tx.execute(insert(shipment_lines), rows)


async def _confirm(tx: Transaction, leaving: Sequence[HandOver]) -> None:
    """Store that the first shipment of these locked orders confirmed them."""
    confirmed = [one.order.id for one in leaving if one.commercial is not one.order.commercial]
    if confirmed:
        await tx.execute(
            update(orders)
            .where(orders.c.id.in_(confirmed))
            .values(commercial=Commercial.CONFIRMED, version=orders.c.version + 1)
        )


def _notes(one: HandOver) -> list[Note]:
    """Tell of the shipment, and of the order's confirmation where this is the first word of it."""
    shipped = Note(
        kind=MessageKind.SHIPPED,
        about_id=one.shipment_id,
        order_id=one.order.id,
        happened_at=one.at,
        facts={"shipment_id": str(one.shipment_id)},
    )
    return [confirmed_note(one.order.id, at=one.at), shipped]


def _announcement(parcel: Parcel) -> OutboxRow:
    event = ShipmentUpdated(
        parcel_id=parcel.id,
        order_id=parcel.order_id,
        status=parcel.status,
        occurred_at=parcel.registered_at,
        carrier=parcel.carrier,
    )
    key = PARCEL.show(parcel.id)
    return outbox_row(event, key=key, sequence=parcel.version, at=parcel.registered_at)


def _number(parcel: Parcel) -> ParcelNumber:
    return ParcelNumber(parcel.carrier, parcel.tracking_number)
