"""What does not agree in an Olist order: each thing named, and none of them hidden."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from orders.adapters.olist.files import OrderRows


class Kind(StrEnum):
    """What is the matter."""

    UNREADABLE = "unreadable"
    TOLD_TWICE = "told-twice"
    UNKNOWN_STATUS = "unknown-status"
    NO_ITEMS = "no-items"
    NO_PAYMENTS = "no-payments"
    NO_CUSTOMER = "no-customer"
    PAYMENTS_DIFFER = "payments-differ"
    PAYMENT_OF_NOTHING = "payment-of-nothing"
    PAYMENT_NUMBERS_MISSING = "payment-numbers-missing"
    ITEM_NUMBERS_MISSING = "item-numbers-missing"
    NOT_APPROVED = "not-approved"
    APPROVED_BEFORE_PURCHASE = "approved-before-purchase"
    APPROVED_AFTER_HAND_OVER = "approved-after-hand-over"
    HANDED_OVER_BEFORE_PURCHASE = "handed-over-before-purchase"
    DELIVERED_BEFORE_HAND_OVER = "delivered-before-hand-over"
    DELIVERED_WITHOUT_DATE = "delivered-without-date"
    DELIVERED_WITHOUT_HAND_OVER = "delivered-without-hand-over"
    SHIPPED_WITHOUT_HAND_OVER = "shipped-without-hand-over"
    MOVED_AGAINST_STATUS = "moved-against-status"
    CANCELLED_YET_HANDED_OVER = "cancelled-yet-handed-over"
    CANCELLED_YET_DELIVERED = "cancelled-yet-delivered"
    PROMISED_BEFORE_PURCHASE = "promised-before-purchase"
    REVIEWED_TWICE = "reviewed-twice"
    REVIEW_OF_SEVERAL_ORDERS = "review-of-several-orders"
    ROW_OF_NO_ORDER = "row-of-no-order"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that does not agree, by its order."""

    order_id: str
    kind: Kind
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """An order's status and its moments, as far as they are told."""

    status: str
    purchased_at: datetime
    approved_at: datetime | None
    handed_over_at: datetime | None
    delivered_at: datetime | None
    promised_until: datetime | None


CANCELLED = frozenset({"canceled", "unavailable"})
LEFT = frozenset({"shipped", "delivered"})
_OPEN = frozenset({"created", "approved", "invoiced", "processing"})


def of_rows(order_id: str, rows: OrderRows) -> Iterator[Anomaly]:
    """Find what is the matter with an order's rows."""
    first, *others = rows.orders
    if others:
        yield Anomaly(order_id, Kind.TOLD_TWICE, f"{1 + len(others)} rows; the first is taken")
    if not rows.items:
        yield Anomaly(order_id, Kind.NO_ITEMS, f"status {first['order_status']}")
    if not rows.payments:
        yield Anomaly(order_id, Kind.NO_PAYMENTS)
    if rows.customer is None:
        yield Anomaly(order_id, Kind.NO_CUSTOMER)
    numbered = (
        (rows.payments, "payment_sequential", Kind.PAYMENT_NUMBERS_MISSING),
        (rows.items, "order_item_id", Kind.ITEM_NUMBERS_MISSING),
    )
    for told, column, kind in numbered:
        numbers = [str(row[column]) for row in told]
        if numbers != [str(place) for place in range(1, len(told) + 1)]:
            yield Anomaly(order_id, kind, f"numbered {', '.join(numbers)}")
    if len(rows.reviews) > 1:
        yield Anomaly(order_id, Kind.REVIEWED_TWICE, f"{len(rows.reviews)} reviews")
    for review in rows.shared_reviews:
        yield Anomaly(order_id, Kind.REVIEW_OF_SEVERAL_ORDERS, review)


def of_course(order_id: str, course: Course) -> Iterator[Anomaly]:
    """Find what cannot have happened in the sequence, or under the status, that is told."""
    for kind, before, after in _earlier_than(course):
        yield Anomaly(order_id, kind, f"{before.isoformat()} before {after.isoformat()}")
    has_left, has_arrived = course.handed_over_at is not None, course.delivered_at is not None
    status = course.status
    if status not in CANCELLED | LEFT | _OPEN:
        yield Anomaly(order_id, Kind.UNKNOWN_STATUS, status)
    if course.approved_at is None and status not in CANCELLED | {"created"}:
        yield Anomaly(order_id, Kind.NOT_APPROVED, f"status {status}")
    if status == "delivered" and not has_arrived:
        yield Anomaly(order_id, Kind.DELIVERED_WITHOUT_DATE)
    if has_arrived and not has_left:
        yield Anomaly(order_id, Kind.DELIVERED_WITHOUT_HAND_OVER)
    if status in LEFT and not has_left and not has_arrived:
        yield Anomaly(order_id, Kind.SHIPPED_WITHOUT_HAND_OVER, f"status {status}")
    if status in CANCELLED and has_arrived:
        yield Anomaly(order_id, Kind.CANCELLED_YET_DELIVERED, f"status {status}")
    elif status in CANCELLED and has_left:
        yield Anomaly(order_id, Kind.CANCELLED_YET_HANDED_OVER, f"status {status}")
    if (status in _OPEN and has_left) or (status in _OPEN | {"shipped"} and has_arrived):
        yield Anomaly(order_id, Kind.MOVED_AGAINST_STATUS, f"status {status}")


def _earlier_than(course: Course) -> Iterator[tuple[Kind, datetime, datetime]]:
    """Give the pairs of moments of which the first came too early."""
    pairs = (
        (Kind.APPROVED_BEFORE_PURCHASE, course.approved_at, course.purchased_at),
        (Kind.HANDED_OVER_BEFORE_PURCHASE, course.handed_over_at, course.purchased_at),
        (Kind.APPROVED_AFTER_HAND_OVER, course.handed_over_at, course.approved_at),
        (Kind.DELIVERED_BEFORE_HAND_OVER, course.delivered_at, course.handed_over_at),
        (Kind.PROMISED_BEFORE_PURCHASE, course.promised_until, course.purchased_at),
    )
    for kind, first, second in pairs:
        if first is not None and second is not None and first < second:
            yield kind, first, second
