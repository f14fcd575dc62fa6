"""Handing an order's parcels over to their carriers: what leaves, in which parcel, from where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from orders.domain.allocation import Allocations, leavable, leave, source_of
from orders.domain.commercial import Commercial, begin_shipping
from orders.domain.fulfilment import pack
from orders.domain.order import Order, Packing, Parcel
from orders.domain.telling import ParcelNumber
from orders.domain.tracking import ParcelAlreadyRegistered, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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

    @property
    def number(self) -> ParcelNumber:
        """What its carrier calls it."""
        return ParcelNumber(self.carrier, self.tracking_number)


@dataclass(frozen=True, slots=True)
class ToldShipment:
    """Parcels of an order that leave together; the location must be told where several keep it.

    `contents` (line_no → quantity) is all that leaves, where it is a part of the order and nobody
    said which parcel holds what.
    """

    order_id: UUID
    parcels: tuple[ToldParcel, ...]
    location: str | None = None
    contents: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A shipment that may be stored: every rule that needs no other row has been applied."""

    order: Order
    shipment_id: UUID
    at: datetime
    commercial: Commercial
    location: str | None
    parcels: tuple[Parcel, ...]
    packing: tuple[Packing, ...]
    kept: Allocations


def hand_over(
    order: Order,
    told: ToldShipment,
    *,
    shipment_id: UUID,
    new_id: Callable[[], UUID],
    new_token: Callable[[], str],
    now: datetime,
) -> HandOver:
    """Pack what leaves of an order; the first shipment confirms it.

    Raises the fact that forbids it: that nothing is left, that a line has not that much, that the
    order is cancelled, `ParcelAlreadyRegistered`.
    """
    commercial = begin_shipping(order.commercial)
    source = source_of(order.lines, told.location)
    left = leavable(order.lines, source)
    if told.contents is not None:
        pack(left, [told.contents])
        left = told.contents
    packed = pack(left, [parcel.lines for parcel in told.parcels])
    numbers = {parcel.number for parcel in told.parcels}
    if len(numbers) < len(told.parcels) or numbers & _numbers(order.parcels):
        raise ParcelAlreadyRegistered
    ids = sorted(new_id() for _ in told.parcels)  # they are shown by their ids, as they were told
    parcels = tuple(
        _parcel(
            order, parcel, identity=parcel_id, shipment_id=shipment_id, token=new_token(), now=now
        )
        for parcel, parcel_id in zip(told.parcels, ids, strict=True)
    )
    gone: Counter[int] = Counter()
    for one in packed:
        gone[one.line_no] += one.quantity
    return HandOver(
        order=order,
        shipment_id=shipment_id,
        at=now,
        commercial=commercial,
        location=source,
        parcels=parcels,
        packing=tuple(
            Packing(
                shipment_id,
                None if one.parcel is None else parcels[one.parcel].id,
                one.line_no,
                one.quantity,
            )
            for one in packed
        ),
        kept=leave(order.lines, gone, source),
    )


def shipped_before(order: Order, told: ToldShipment) -> tuple[Parcel, ...] | None:
    """Give the parcels of a shipment that was told before, by their numbers; None for a new one.

    It is the same where one shipment of the order has these parcels and no others, with those
    contents which are told; whoever tells other contents under the same numbers is refused.
    """
    numbers = [parcel.number for parcel in told.parcels]
    of_shipment: dict[UUID, dict[ParcelNumber, Parcel]] = {}
    for parcel in order.parcels:
        number = ParcelNumber(parcel.carrier, parcel.tracking_number)
        of_shipment.setdefault(parcel.shipment_id, {})[number] = parcel
    for parcels in of_shipment.values():
        if parcels.keys() == set(numbers) and len(numbers) == len(parcels):
            known = tuple(parcels[number] for number in numbers)
            if all(_holds(*pair) for pair in zip(known, told.parcels, strict=True)):
                return known
    return None


def _holds(parcel: Parcel, told: ToldParcel) -> bool:
    inside = {contents.line_no: contents.quantity for contents in parcel.lines}
    return parcel.holds_rest if told.lines is None else inside == told.lines


def _numbers(parcels: Sequence[Parcel]) -> set[ParcelNumber]:
    return {ParcelNumber(parcel.carrier, parcel.tracking_number) for parcel in parcels}


def _parcel(
    order: Order,
    told: ToldParcel,
    *,
    identity: UUID,
    shipment_id: UUID,
    token: str,
    now: datetime,
) -> Parcel:
    story = Story()
    agreed = order.delivery
    return Parcel(
        id=identity,
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
