"""The facts of orders and returns: placed, amended, cancelled, returned, linked, erased."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.events import Event
from chassis.global_ids import GlobalId
from orders.domain.erasure import KEPT_BY_LAW, Kept
from orders.domain.placing import Channel
from orders.events.ids import ErasureId, OrderId, ReturnId, SourceRecordId

if TYPE_CHECKING:
    from orders.domain.taking_back import Return

_ORDER_ID = "ord_01jzq3v5c8e7m9r2t4w6y8a0bd"
_RETURN_ID = "ret_01jzq3v5c8e7m9r2t4w6y8a0be"
_SOURCE_RECORD_ID = "src_01jzq3v5c8e7m9r2t4w6y8a0bg"
_CUSTOMER_ID = "7K3M-92QX-F4TF"


class PlacedLine(BaseModel):
    """A line of a placed order; `total_minor` is what it adds to the order's total."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    category: str | None
    quantity: int
    unit_price_minor: int
    total_minor: int


class OrderPlaced(Event):
    """Somebody bought something.

    `told_customer_id` is the id as the source told it, where that is retired by now: an unmerge
    goes back to it.
    """

    topic: ClassVar[str] = "orders"
    type: ClassVar[str] = "order.placed.v1"
    example: ClassVar[dict[str, Any]] = {
        "order_id": _ORDER_ID,
        "source": "till-paris-1",
        "external_ref": "2026-000123",
        "customer_id": _CUSTOMER_ID,
        "told_customer_id": "DD1R-ZH9P-17K5",
        "source_record_id": _SOURCE_RECORD_ID,
        "channel": "shop",
        "store": "paris-rivoli",
        "country": "FR",
        "brand": "house",
        "currency": "EUR",
        "total_minor": 12900,
        "placed_at": "2026-03-01T09:15:00Z",
        "placed_on": "2026-03-01",
        "lines": [
            {
                "sku": "SCARF-01",
                "category": "scarves",
                "quantity": 1,
                "unit_price_minor": 12900,
                "total_minor": 12900,
            }
        ],
    }

    order_id: OrderId
    source: str
    external_ref: str
    customer_id: GlobalId | None
    told_customer_id: GlobalId | None = Field(default=None, exclude_if=lambda told: told is None)
    source_record_id: SourceRecordId | None
    channel: Channel
    store: str | None
    country: str
    brand: str
    currency: str
    total_minor: int
    placed_at: AwareDatetime
    placed_on: date
    lines: tuple[PlacedLine, ...]


class OrderLinked(Event):
    """It became known whose order it is."""

    topic: ClassVar[str] = "orders"
    type: ClassVar[str] = "order.linked.v1"
    example: ClassVar[dict[str, Any]] = {
        "order_id": _ORDER_ID,
        "customer_id": _CUSTOMER_ID,
        "source_record_id": _SOURCE_RECORD_ID,
    }

    order_id: OrderId
    customer_id: GlobalId
    source_record_id: SourceRecordId


class OrderCancelled(Event):
    """The order will not be carried out; its whole total falls away."""

    topic: ClassVar[str] = "orders"
    type: ClassVar[str] = "order.cancelled.v1"
    example: ClassVar[dict[str, Any]] = {
        "order_id": _ORDER_ID,
        "reason": "customer changed their mind",
        "cancelled_at": "2026-03-01T10:00:00Z",
        "currency": "EUR",
        "total_minor": 12900,
    }

    order_id: OrderId
    reason: str
    cancelled_at: AwareDatetime
    currency: str
    total_minor: int


class CalledOffLine(BaseModel):
    """How much of a line was called off, and what that takes from the order's total."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    quantity: int
    removed_minor: int


class OrderAmended(Event):
    """An order was changed after it was placed; `total_minor` is what it comes to now."""

    topic: ClassVar[str] = "orders"
    type: ClassVar[str] = "order.amended.v1"
    example: ClassVar[dict[str, Any]] = {
        "order_id": _ORDER_ID,
        "amended_at": "2026-03-01T09:40:00Z",
        "reason": "out-of-stock",
        "currency": "EUR",
        "total_minor": 8600,
        "added": [],
        "called_off": [{"sku": "SCARF-01", "quantity": 1, "removed_minor": 4300}],
    }

    order_id: OrderId
    amended_at: AwareDatetime
    reason: str
    currency: str
    total_minor: int
    added: tuple[PlacedLine, ...]
    called_off: tuple[CalledOffLine, ...]


class ReturnLine(BaseModel):
    """A line of a return; `refund_minor` where the source told each line's part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    quantity: int
    refund_minor: int | None


class OrderReturned(Event):
    """Goods came back, from a known order or without one; its key is the return's id.

    Published once it is known whose they were, or that nobody will know.
    """

    topic: ClassVar[str] = "orders"
    type: ClassVar[str] = "order.returned.v1"
    example: ClassVar[dict[str, Any]] = {
        "return_id": _RETURN_ID,
        "order_id": _ORDER_ID,
        "customer_id": _CUSTOMER_ID,
        "told_customer_id": "DD1R-ZH9P-17K5",
        "source_record_id": _SOURCE_RECORD_ID,
        "currency": "EUR",
        "refund_minor": 12900,
        "returned_at": "2026-03-09T16:30:00Z",
        "lines": [{"sku": "SCARF-01", "quantity": 1, "refund_minor": 12900}],
    }

    return_id: ReturnId
    order_id: OrderId | None
    customer_id: GlobalId | None
    told_customer_id: GlobalId | None = Field(default=None, exclude_if=lambda told: told is None)
    source_record_id: SourceRecordId | None
    currency: str
    refund_minor: int
    returned_at: AwareDatetime
    lines: tuple[ReturnLine, ...]

    @classmethod
    def of(cls, told: Return) -> OrderReturned:
        """Tell of a return as it is stored."""
        return cls(
            return_id=told.id,
            order_id=told.order_id,
            customer_id=told.customer_id,
            told_customer_id=told.retired_told_id,
            source_record_id=told.source_record_id,
            currency=told.currency,
            refund_minor=told.refund_minor,
            returned_at=told.returned_at,
            lines=tuple(
                ReturnLine(sku=line.sku, quantity=line.quantity, refund_minor=line.refund_minor)
                for line in told.lines
            ),
        )


class OrdersErased(Event):
    """What was personal of a customer's orders is gone; the key is the erasure's id."""

    topic: ClassVar[str] = "orders"
    type: ClassVar[str] = "orders.erased.v1"
    example: ClassVar[dict[str, Any]] = {
        "erasure_id": "ers_01jzq3v5c8e7m9r2t4w6y8a0bh",
        "customer_id": _CUSTOMER_ID,
        "erased": {"contacts": 2, "orders": 3},
        "kept": [
            {"what": "orders", "count": 3, "reason": KEPT_BY_LAW, "until": "2037-01-01T00:00:00Z"}
        ],
        "erased_at": "2026-03-01T10:15:00Z",
    }

    erasure_id: ErasureId
    customer_id: GlobalId
    erased: dict[str, int]
    kept: tuple[Kept, ...]
    erased_at: AwareDatetime
