"""When a message that has waited is true no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.domain.commercial import Commercial
from orders.domain.messages import OF_STATUS, Message, MessageKind
from orders.domain.tracking import Tracking

if TYPE_CHECKING:
    from orders.domain.order import Order, Parcel

_OF_PARCELS = frozenset(OF_STATUS.values())


def is_overtaken(message: Message, order: Order) -> bool:
    """Tell whether what a message says has changed since it was noted.

    A cancelled order is not confirmed, nor cancelled in part; goods that have arrived are not on
    their way; a parcel is in the state that is told of it, and nobody disputes that.
    """
    if message.kind is MessageKind.CONFIRMED:
        return order.commercial is Commercial.CANCELLED
    if message.kind is MessageKind.CANCELLED:
        return "called_off" in message.facts and order.commercial is Commercial.CANCELLED
    if message.kind is MessageKind.SHIPPED:
        sent = _told(message, order, "shipment_id")
        return bool(sent) and not any(parcel.is_under_way for parcel in sent)
    if message.kind in _OF_PARCELS:
        told = Tracking(message.facts["status"])
        parcels = _told(message, order, "parcel_id")
        return any(parcel.status is not told or parcel.is_disputed for parcel in parcels)
    return False


def _told(message: Message, order: Order, name: str) -> list[Parcel]:
    told = message.facts[name]
    of_parcel = name == "parcel_id"
    return [
        parcel
        for parcel in order.parcels
        if str(parcel.id if of_parcel else parcel.shipment_id) == told
    ]
