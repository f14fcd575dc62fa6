"""Shopify's fulfilments and fulfilment events, alone, listed, or inside orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.carriers import carrier_named
from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from orders.domain.carrier_words import CarrierEvent

_WHERE_EVENTS_STAND = (("fulfillment_event",), ("fulfillment_events",), ("fulfillment", "events"))
_WHERE_FULFILMENTS_STAND = (
    ("fulfillment",),
    ("fulfillments",),
    ("order", "fulfillments"),
    ("orders", "fulfillments"),
)


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read fulfilment events, and the shipment's state where a fulfilment tells it.

    An event names no parcel but its fulfilment, whose id then stands for the number. A fulfilment
    that is only pending says nothing of a parcel.
    """
    told = read_json(payload)
    for path in _WHERE_EVENTS_STAND:
        for event in items(told, *path):
            yield _event(event, number_of(event, "fulfillment_id"), "shopify", "happened_at")
    found = [one for path in _WHERE_FULFILMENTS_STAND for one in items(told, *path)]
    for fulfilment in found or [one for one in items(told) if "tracking_numbers" in one]:
        if text(fulfilment, "shipment_status") is None:
            continue
        carrier = carrier_named(text(fulfilment, "tracking_company") or "shopify")
        for number in fulfilment.get("tracking_numbers") or [fulfilment.get("tracking_number")]:
            if number is not None:
                yield _event(fulfilment, str(number), carrier, "updated_at")


def _event(told: Mapping[str, Any], number: str, carrier: str, when: str) -> CarrierEvent:
    code = text(told, "shipment_status") or text(told, "status")
    return carrier_event(
        meaning_of("shopify", code),
        carrier=carrier,
        tracking_number=number,
        code=code,
        when=text(told, when) or text(told, "created_at"),
        where=(text(told, "city"), text(told, "province"), text(told, "country")),
        description=text(told, "message"),
    )
