"""The facts this service publishes, and the ids that stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.events.ids import (
    CARRIER_ANSWER,
    ERASURE,
    ORDER,
    PARCEL,
    PLATFORM_DELIVERY,
    RETURN,
    SHIPMENT,
    SLOT_HOLD,
    SOURCE_RECORD,
    TRANSFER,
    CarrierAnswerId,
    ErasureId,
    OrderId,
    ParcelId,
    PlatformDeliveryId,
    ReturnId,
    ShipmentId,
    SlotHoldId,
    SourceRecordId,
    TransferId,
)
from orders.events.orders import (
    CalledOffLine,
    OrderAmended,
    OrderCancelled,
    OrderLinked,
    OrderPlaced,
    OrderReturned,
    OrdersErased,
    PlacedLine,
    ReturnLine,
)
from orders.events.shipments import (
    RiskFactor,
    ShipmentAtRisk,
    ShipmentDelivered,
    ShipmentIncident,
    ShipmentUpdated,
)
from orders.events.slots import SlotConfirmed, SlotMoved, SlotReleased

if TYPE_CHECKING:
    from chassis.events import Event

__all__ = [
    "CARRIER_ANSWER",
    "ERASURE",
    "ORDER",
    "PARCEL",
    "PLATFORM_DELIVERY",
    "PUBLISHED",
    "RETURN",
    "SHIPMENT",
    "SLOT_HOLD",
    "SOURCE_RECORD",
    "TRANSFER",
    "CalledOffLine",
    "CarrierAnswerId",
    "ErasureId",
    "OrderAmended",
    "OrderCancelled",
    "OrderId",
    "OrderLinked",
    "OrderPlaced",
    "OrderReturned",
    "OrdersErased",
    "ParcelId",
    "PlacedLine",
    "PlatformDeliveryId",
    "ReturnId",
    "ReturnLine",
    "RiskFactor",
    "ShipmentAtRisk",
    "ShipmentDelivered",
    "ShipmentId",
    "ShipmentIncident",
    "ShipmentUpdated",
    "SlotConfirmed",
    "SlotHoldId",
    "SlotMoved",
    "SlotReleased",
    "SourceRecordId",
    "TransferId",
]

PUBLISHED: tuple[type[Event], ...] = (
    OrderPlaced,
    OrderLinked,
    OrderAmended,
    OrderCancelled,
    OrderReturned,
    OrdersErased,
    ShipmentUpdated,
    ShipmentDelivered,
    ShipmentIncident,
    ShipmentAtRisk,
    SlotConfirmed,
    SlotMoved,
    SlotReleased,
)
