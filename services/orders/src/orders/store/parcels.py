"""Shipments and parcels in the database, and the tracking events they are folded from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, insert, select

from orders.domain.incidents import IncidentReason
from orders.domain.order import Contents, Packing, Parcel
from orders.domain.times import ZoneSource, is_ahead
from orders.domain.tracking import ParcelNotFound, Tracking, TrackingEvent
from orders.store.tables import orders, shipment_lines, shipments
from orders.store.tracking_tables import parcels, tracking_events

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.order import Order

EVENTS_SHOWN = 200
"""How many of a parcel's latest events are read with it."""

_REVOKED = "erased-"


async def insert_shipment(
    tx: Transaction,
    order: Order,
    *,
    shipment_id: UUID,
    packing: Sequence[Packing],
    at: datetime,
    location: str | None = None,
) -> None:
    """Store what left of a locked order without a parcel that anybody told of."""
    await tx.execute(
        insert(shipments).values(
            id=shipment_id,
            order_id=order.id,
            placed_at=order.placed_at,
            shipped_at=at,
            location=location,
        )
    )
    await tx.execute(insert(shipment_lines), shipment_line_rows(order, packing))


def shipment_line_rows(order: Order, packing: Sequence[Packing]) -> list[dict[str, Any]]:
    """Give the rows of what left of an order in one shipment."""
    return [
        {
            "order_id": order.id,
            "placed_at": order.placed_at,
            "shipment_id": packed.shipment_id,
            "position": position,
            "parcel_id": packed.parcel_id,
            "line_no": packed.line_no,
            "quantity": packed.quantity,
        }
        for position, packed in enumerate(packing)
    ]


_PARCELS = (
    select(parcels)
    .where(parcels.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(parcels.c.id)
)
_PACKINGS = (
    select(shipment_lines)
    .where(shipment_lines.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(shipment_lines.c.shipment_id, shipment_lines.c.position)
)


async def parcels_of(
    connection: AsyncConnection,
    order_ids: Sequence[UUID],
    packings: Mapping[UUID, Sequence[Packing]],
) -> Mapping[UUID, list[Parcel]]:
    """Give the parcels of orders with their contents, in the sequence they were registered."""
    found: defaultdict[UUID, list[Parcel]] = defaultdict(list)
    for row in await connection.execute(_PARCELS, {"ids": order_ids}):
        found[row.order_id].append(_parcel(row, packings[row.order_id]))
    return found


async def packings_of(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> Mapping[UUID, list[Packing]]:
    """Give what of each order left, and in which parcels it is."""
    found: defaultdict[UUID, list[Packing]] = defaultdict(list)
    for row in await connection.execute(_PACKINGS, {"ids": order_ids}):
        packing = Packing(row.shipment_id, row.parcel_id, row.line_no, row.quantity)
        found[row.order_id].append(packing)
    return found


async def contents_of(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[Contents, ...]]:
    """Give what is in each parcel of orders, where somebody told."""
    found: defaultdict[UUID, tuple[Contents, ...]] = defaultdict(tuple)
    for packings in (await packings_of(connection, order_ids)).values():
        for packing in packings:
            if packing.parcel_id is not None:
                inside = Contents(line_no=packing.line_no, quantity=packing.quantity)
                found[packing.parcel_id] += (inside,)
    return found


async def load_parcel(connection: AsyncConnection, parcel_id: UUID) -> Parcel:
    """Give a parcel; raises `ParcelNotFound`."""
    return await _load_one(connection, parcels.c.id == parcel_id)


async def load_parcel_by_token(connection: AsyncConnection, token: str) -> Parcel:
    """Give the parcel whose public page a token opens; raises `ParcelNotFound`.

    What an erasure left in a token's place, which who reads the order sees, opens nothing.
    """
    if token.startswith(_REVOKED):
        raise ParcelNotFound
    return await _load_one(connection, parcels.c.token == token)


async def time_zone_of(connection: AsyncConnection, order_id: UUID) -> str:
    """Give where an order was placed, as its zone."""
    statement = select(orders.c.time_zone).where(orders.c.id == order_id)
    return (await connection.execute(statement)).scalar_one()


async def states_of(connection: AsyncConnection, tokens: Sequence[str]) -> dict[str, str]:
    """Name the present states of the parcels that tokens open; each event makes another one."""
    told = (
        select(func.count())
        .select_from(tracking_events)
        .where(tracking_events.c.parcel_id == parcels.c.id)
        .scalar_subquery()
    )
    statement = select(parcels.c.token, parcels.c.version, told.label("told")).where(
        parcels.c.token.in_(tokens)
    )
    rows = await connection.execute(statement)
    return {row.token: f"{row.version}.{row.told}" for row in rows}


async def events_of(
    connection: AsyncConnection, parcel_id: UUID, *, limit: int = EVENTS_SHOWN
) -> list[TrackingEvent]:
    """Give a parcel's latest tracking events, the latest first."""
    statement = (
        select(tracking_events)
        .where(tracking_events.c.parcel_id == parcel_id)
        .order_by(tracking_events.c.occurred_at.desc(), tracking_events.c.dedupe_key)
        .limit(limit)
    )
    return [_event(row) for row in await connection.execute(statement)]


async def _load_one(connection: AsyncConnection, which: ColumnElement[bool]) -> Parcel:
    row = (await connection.execute(select(parcels).where(which))).one_or_none()
    if row is None:
        raise ParcelNotFound
    packings = await packings_of(connection, [row.order_id])
    return _parcel(row, packings[row.order_id])


def parcel_columns(parcel: Parcel) -> dict[str, Any]:
    """Give the row of a parcel, without its order."""
    return {
        "id": parcel.id,
        "shipment_id": parcel.shipment_id,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "token": parcel.token,
        "holds_rest": parcel.holds_rest,
        "status": parcel.status,
        "status_at": parcel.status_at,
        "is_disputed": parcel.is_disputed,
        "registered_at": parcel.registered_at,
        "version": parcel.version,
        "service": parcel.service,
        "promised_until": parcel.promised_until,
        "origin": parcel.origin,
        "destination": parcel.destination,
        "cost_minor": parcel.cost_minor,
    }


def _parcel(row: Row[Any], packings: Sequence[Packing]) -> Parcel:
    return Parcel(
        id=row.id,
        version=row.version,
        order_id=row.order_id,
        placed_at=row.placed_at,
        shipment_id=row.shipment_id,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        token=row.token,
        holds_rest=row.holds_rest,
        registered_at=row.registered_at,
        status=Tracking(row.status),
        status_at=row.status_at,
        is_disputed=row.is_disputed,
        service=row.service,
        promised_until=row.promised_until,
        origin=row.origin,
        destination=row.destination,
        cost_minor=row.cost_minor,
        lines=tuple(
            Contents(line_no=packing.line_no, quantity=packing.quantity)
            for packing in packings
            if packing.parcel_id == row.id
        ),
    )


def _event(row: Row[Any]) -> TrackingEvent:
    return TrackingEvent(
        parcel_id=row.parcel_id,
        occurred_at=row.occurred_at,
        occurred_told=row.occurred_told,
        zone_source=ZoneSource(row.zone_source),
        status=Tracking(row.status),
        code=row.code,
        location=row.location,
        description=row.description,
        reason=None if row.reason is None else IncidentReason(row.reason),
        is_ahead=is_ahead(row.occurred_at, received_at=row.received_at),
    )
