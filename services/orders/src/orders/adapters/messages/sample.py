"""An order that nobody placed, to try templates with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from orders.domain.commercial import Commercial
from orders.domain.delivery import Delivery, DeliveryMethod
from orders.domain.fulfilment import LineQuantities
from orders.domain.messages import MessageKind
from orders.domain.order import Contents, Line, Order, Parcel
from orders.domain.placing import HOUSE, Channel, CustomerState
from orders.domain.tracking import INCIDENTS, Tracking

_PLACED = datetime(2026, 3, 1, 9, 15, tzinfo=UTC)
_PROMISED = datetime(2026, 3, 5, 19, 0, tzinfo=UTC)
_ORDER_ID, _SHIPMENT_ID, _PARCEL_ID = (UUID(int=(0x7 << 76) + number) for number in (1, 2, 3))

SAMPLE_CONTACT: dict[str, Any] = {"name": "Anna Nowak", "gift_message": "Joyeux anniversaire"}

_LINE = Line(
    line_no=1,
    sku="SCARF-01",
    description="Silk scarf",
    category="scarves",
    quantity=2,
    unit_price_minor=12_900,
    discount_minor=900,
    tax_minor=4_150,
    total_minor=24_900,
    serial_number=None,
    unit_cost_minor=None,
    is_gift=True,
    quantities=LineQuantities(1, handed_over=1),
)
SAMPLE_ORDER = Order(
    id=_ORDER_ID,
    version=1,
    source="web",
    external_ref="W-1001",
    customer=CustomerState.ANONYMOUS,
    customer_id=None,
    source_record_id=None,
    channel=Channel.WEB,
    store=None,
    country="FR",
    brand=HOUSE,
    legal_entity=HOUSE,
    home_region=HOUSE,
    currency="EUR",
    shipping_minor=600,
    prices_include_tax=True,
    total_minor=30_000,
    placed_at=_PLACED,
    time_zone="Europe/Paris",
    placed_on=date(2026, 3, 1),
    received_at=_PLACED,
    clock_skew_seconds=None,
    taken_away=False,
    commercial=Commercial.CONFIRMED,
    cancelled_at=None,
    cancel_reason=None,
    lines=(
        _LINE,
        replace(
            _LINE,
            line_no=2,
            sku="PEN-07",
            description=None,
            quantity=1,
            unit_price_minor=4_500,
            discount_minor=0,
            tax_minor=750,
            total_minor=4_500,
            is_gift=False,
            quantities=LineQuantities(1),
        ),
    ),
    parcels=(
        Parcel(
            id=_PARCEL_ID,
            version=1,
            order_id=_ORDER_ID,
            placed_at=_PLACED,
            shipment_id=_SHIPMENT_ID,
            carrier="laposte",
            tracking_number="8V12345678",
            token="sample",  # noqa: S106 - opens no page
            holds_rest=False,
            registered_at=_PLACED,
            status=Tracking.IN_TRANSIT,
            status_at=_PLACED,
            is_disputed=False,
            lines=(Contents(line_no=1, quantity=1),),
            promised_until=_PROMISED,
        ),
    ),
    delivery=Delivery(
        method=DeliveryMethod.SHIP,
        location=None,
        service="express",
        promised_from=_PLACED,
        promised_until=_PROMISED,
        terms="Free returns within 30 days",
        destination="FR-75",
    ),
)


BARE_ORDER = replace(
    SAMPLE_ORDER,
    currency="JPY",
    time_zone="Asia/Tokyo",
    store="ginza",
    prices_include_tax=False,
    lines=(replace(SAMPLE_ORDER.lines[1], line_no=1, tax_minor=0),),
    parcels=(replace(SAMPLE_ORDER.parcels[0], promised_until=None, lines=()),),
    delivery=None,
)
"""What an order has least: a template must stand both, in all of its branches."""


def all_facts_of(kind: MessageKind) -> list[dict[str, Any]]:
    """Give each way in which a message of a kind may be told: a part called off, or the whole."""
    if kind is MessageKind.CANCELLED:
        return [facts_of(kind), {}]
    if kind is MessageKind.INCIDENT:
        return [facts_of(kind) | {"status": status.value} for status in sorted(INCIDENTS)]
    return [facts_of(kind)]


def facts_of(kind: MessageKind) -> dict[str, Any]:
    """Give what a message of a kind is told beside the sample order."""
    of_parcel = {"parcel_id": str(_PARCEL_ID)}
    facts: dict[MessageKind, dict[str, Any]] = {
        MessageKind.SHIPPED: {"shipment_id": str(_SHIPMENT_ID)},
        MessageKind.OUT_FOR_DELIVERY: of_parcel,
        MessageKind.DELIVERED: of_parcel,
        MessageKind.INCIDENT: of_parcel | {"status": Tracking.ATTEMPT_FAILED.value},
        MessageKind.CANCELLED: {"called_off": [{"line_no": 1, "quantity": 1}]},
        MessageKind.REFUNDED: {"refunded_minor": 12_900},
    }
    return facts.get(kind, {})
