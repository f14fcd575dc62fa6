"""An Olist order as it is told to the gateway: its sale, its parcel, its end, and its anomalies.

What is decided here: an order is of its buyer's `customer_unique_id`; times are those of São Paulo;
the promise is kept until the end of the estimated day; one parcel of the carrier `olist` has the
order's id as its number. Goods that left make the order a shipped one, whatever its status says.
An order without items keeps what was paid for it in one line that says so. The files have no
tokens of payments: each is known by its number within its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from orders.adapters.olist.anomalies import (
    CANCELLED,
    LEFT,
    Anomaly,
    Course,
    Kind,
    of_course,
    of_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.adapters.olist.files import OrderRows, Row

SOURCE = CARRIER = "olist"
CURRENCY = "BRL"
TIME_ZONE = "America/Sao_Paulo"
NOT_ITEMISED = "not-itemised"
_ZONE = ZoneInfo(TIME_ZONE)
_REASONS = {"canceled": "cancelled", "unavailable": "unavailable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OlistOrder:
    """What is sent of an order, step by step; without a `body` nothing of it can be."""

    order_id: str
    body: dict[str, Any] | None = None
    shipment: dict[str, Any] | None = None
    events: tuple[dict[str, Any], ...] = ()
    cancel_reason: str | None = None
    anomalies: tuple[Anomaly, ...] = ()


class _NotReadable(Exception):
    """A value of a row is not what its column holds; `args` says which."""


def read_order(order_id: str, rows: OrderRows) -> OlistOrder:
    """Understand an order; what cannot be read of it is an anomaly, and then nothing is sent."""
    anomalies = list(of_rows(order_id, rows))
    try:
        course = _course(rows.orders[0])
        anomalies += of_course(order_id, course)
        body = _body(order_id, rows, course, anomalies)
    except _NotReadable as error:
        anomalies.append(Anomaly(order_id, Kind.UNREADABLE, str(error)))
        return OlistOrder(order_id=order_id, anomalies=tuple(anomalies))
    has_left = course.handed_over_at is not None or course.delivered_at is not None
    is_shipped = has_left or course.status in LEFT
    parcel = {"carrier": CARRIER, "tracking_number": order_id}
    moments = (("picked_up", course.handed_over_at), ("delivered", course.delivered_at))
    return OlistOrder(
        order_id=order_id,
        body=body,
        shipment={"parcels": [parcel]} if is_shipped else None,
        events=tuple(
            parcel | {"status": status, "occurred_at": at.isoformat(), "code": status}
            for status, at in moments
            if at is not None
        ),
        cancel_reason=None if is_shipped else _REASONS.get(course.status),
        anomalies=tuple(anomalies),
    )


def _course(row: Row) -> Course:
    purchased = _moment(row, "order_purchase_timestamp")
    if purchased is None:
        message = "order_purchase_timestamp is missing"
        raise _NotReadable(message)
    estimated = _moment(row, "order_estimated_delivery_date")
    return Course(
        status=str(row["order_status"]),
        purchased_at=purchased,
        approved_at=_moment(row, "order_approved_at"),
        handed_over_at=_moment(row, "order_delivered_carrier_date"),
        delivered_at=_moment(row, "order_delivered_customer_date"),
        promised_until=estimated and estimated + timedelta(days=1, seconds=-1),
    )


def _body(
    order_id: str, rows: OrderRows, course: Course, anomalies: list[Anomaly]
) -> dict[str, Any]:
    paid = [_minor(row, "payment_value") for row in rows.payments]
    lines = [
        {
            "sku": row["product_id"],
            "quantity": 1,
            "unit_price_minor": _minor(row, "price"),
        }
        for row in rows.items
    ] or [{"sku": NOT_ITEMISED, "quantity": 1, "unit_price_minor": sum(paid)}]
    freight = sum(_minor(row, "freight_value") for row in rows.items)
    total = sum(line["unit_price_minor"] for line in lines) + freight
    if rows.items and rows.payments and sum(paid) != total:
        detail = f"paid {sum(paid)}, items and freight {total}: {sum(paid) - total:+d} minor units"
        anomalies.append(Anomaly(order_id, Kind.PAYMENTS_DIFFER, detail))
    state = rows.customer["customer_state"] if rows.customer else None
    body: dict[str, Any] = {
        "source": SOURCE,
        "external_ref": order_id,
        "channel": "marketplace",
        "country": "BR",
        "currency": CURRENCY,
        "placed_at": course.purchased_at.isoformat(),
        "time_zone": TIME_ZONE,
        "lines": lines,
        "shipping_minor": freight,
        "total_minor": total,
        "confirmed": course.status not in CANCELLED | {"created"},
        "payments": _payments(order_id, rows.payments, paid, course, anomalies),
    }
    if course.promised_until is not None:
        body["delivery"] = {"method": "ship", "promised_until": course.promised_until.isoformat()}
        if state:
            body["delivery"]["destination"] = f"BR-{state}"
    if rows.customer is not None:
        body["customer"] = _claim(rows.customer, course)
    return body


def _payments(
    order_id: str,
    rows: Sequence[Row],
    paid: Sequence[int],
    course: Course,
    anomalies: list[Anomaly],
) -> list[dict[str, Any]]:
    """Give what was paid; what is nothing is no payment, and is listed."""
    told: list[dict[str, Any]] = []
    at = (course.approved_at or course.purchased_at).isoformat()
    for row, amount in zip(rows, paid, strict=True):
        if amount == 0:
            detail = f"payment {row['payment_sequential']} by {row['payment_type']}"
            anomalies.append(Anomaly(order_id, Kind.PAYMENT_OF_NOTHING, detail))
            continue
        told.append(
            {
                "kind": "captured",
                "method": row["payment_type"],
                "reference": f"payment-{row['payment_sequential']}",
                "amount_minor": amount,
                "at": at,
            }
        )
    return told


def _claim(row: Row, course: Course) -> dict[str, Any]:
    """Give who bought: known by the account, with the place that the file tells."""
    unique_id = row["customer_unique_id"]
    address = {
        "city": row["customer_city"],
        "region": row["customer_state"],
        "postcode": row["customer_zip_code_prefix"],
        "country": "BR",
    }
    return {
        "source": SOURCE,
        "external_id": unique_id,
        "channel": "marketplace",
        "country": "BR",
        "accounts": [unique_id],
        "addresses": [{name: value for name, value in address.items() if value}],
        "observed_at": course.purchased_at.isoformat(),
    }


def _moment(row: Row, column: str) -> datetime | None:
    told = row[column]
    if told is None:
        return None
    try:
        return datetime.fromisoformat(told).replace(tzinfo=_ZONE)
    except ValueError as error:
        message = f"{column} is {told!r}, which is no time"
        raise _NotReadable(message) from error


def _minor(row: Row, column: str) -> int:
    told = row[column]
    try:
        minor = Decimal(told or "") * 100
        if minor == minor.to_integral_value() and minor >= 0:
            return int(minor)
    except InvalidOperation:
        pass
    message = f"{column} is {told!r}, which is no amount of centavos"
    raise _NotReadable(message)
