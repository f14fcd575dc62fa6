"""The facts of parcels: where they are, that they arrived, that somebody should look after them."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.events import Event
from chassis.global_ids import GlobalId
from orders.domain.lateness import Factor
from orders.domain.placing import Channel
from orders.domain.tracking import Tracking
from orders.events.ids import OrderId, ParcelId, SourceRecordId

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
    """Somebody should look after a parcel: `reason` is its status, or `delivery_disputed`.

    Whose order it is and where that is at home is told, so that who acts on it need not ask;
    `told_customer_id` as in `order.placed.v1`.
    """

    topic: ClassVar[str] = "shipments"
    type: ClassVar[str] = "shipment.incident.v1"
    example: ClassVar[dict[str, Any]] = _SHIPMENT_EXAMPLE | {
        "status": "attempt_failed",
        "reason": "attempt_failed",
        "customer_id": "7K3M-92QX-F4TF",
        "told_customer_id": "DD1R-ZH9P-17K5",
        "source_record_id": "src_01jzq3v5c8e7m9r2t4w6y8a0bg",
        "channel": "shop",
        "store": "paris-rivoli",
        "country": "FR",
        "brand": "house",
        "legal_entity": "house",
        "home_region": "FR",
    }

    parcel_id: ParcelId
    order_id: OrderId
    status: Tracking
    occurred_at: AwareDatetime
    carrier: str
    reason: str
    customer_id: GlobalId | None = None
    told_customer_id: GlobalId | None = Field(default=None, exclude_if=lambda told: told is None)
    source_record_id: SourceRecordId | None = None
    channel: Channel | None = None
    store: str | None = None
    country: str | None = None
    brand: str | None = None
    legal_entity: str | None = None
    home_region: str | None = None


class RiskFactor(BaseModel):
    """What moved the log-odds of a missed promise, and by how much; more is worse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factor: Factor
    effect: float


class ShipmentAtRisk(Event):
    """A parcel will likely miss its first promise, which has not passed yet; told once."""

    topic: ClassVar[str] = "shipments"
    type: ClassVar[str] = "shipment.at-risk.v1"
    example: ClassVar[dict[str, Any]] = {
        "parcel_id": _PARCEL_ID,
        "order_id": _ORDER_ID,
        "carrier": "laposte",
        "promised_until": "2026-03-05T19:00:00Z",
        "probability": 0.46,
        "factors": [{"factor": "transit", "effect": 1.21}, {"factor": "recent", "effect": 0.3}],
        "noticed_at": "2026-03-02T09:15:00Z",
    }

    parcel_id: ParcelId
    order_id: OrderId
    carrier: str
    promised_until: AwareDatetime
    probability: float
    factors: tuple[RiskFactor, ...]
    noticed_at: AwareDatetime
