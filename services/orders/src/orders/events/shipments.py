"""The facts of parcels: where they are, that they arrived, that somebody should look after them."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import AwareDatetime

from chassis.events import Event
from orders.domain.tracking import Tracking
from orders.events.ids import OrderId, ParcelId

_ORDER_ID = "ord_01jzq3v5c8e7m9r2t4w6y8a0bd"
_PARCEL_ID = "pcl_01jzq3v5c8e7m9r2t4w6y8a0bf"
_SHIPMENT_EXAMPLE = {
    "parcel_id": _PARCEL_ID,
    "order_id": _ORDER_ID,
    "status": "delivered",
    "occurred_at": "2026-03-04T14:20:00Z",
    "carrier": "laposte",
}


class ShipmentUpdated(Event):
    """A parcel's status is another one now; its key is the parcel's id."""

    topic: ClassVar[str] = "shipments"
    type: ClassVar[str] = "shipment.updated.v1"
    example: ClassVar[dict[str, Any]] = _SHIPMENT_EXAMPLE

    parcel_id: ParcelId
    order_id: OrderId
    status: Tracking
    occurred_at: AwareDatetime
    carrier: str


class ShipmentDelivered(Event):
    """A parcel has arrived."""

    topic: ClassVar[str] = "shipments"
    type: ClassVar[str] = "shipment.delivered.v1"
    example: ClassVar[dict[str, Any]] = _SHIPMENT_EXAMPLE

    parcel_id: ParcelId
    order_id: OrderId
    status: Tracking
    occurred_at: AwareDatetime
    carrier: str


class ShipmentIncident(Event):
    """Somebody should look after a parcel: `reason` is its status, or `delivery_disputed`."""

    topic: ClassVar[str] = "shipments"
    type: ClassVar[str] = "shipment.incident.v1"
    example: ClassVar[dict[str, Any]] = _SHIPMENT_EXAMPLE | {
        "status": "attempt_failed",
        "reason": "attempt_failed",
    }

    parcel_id: ParcelId
    order_id: OrderId
    status: Tracking
    occurred_at: AwareDatetime
    carrier: str
    reason: str
