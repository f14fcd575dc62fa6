"""DHL's answers (Shipment Tracking, Unified)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, place, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every shipment, or its one status where it lists none."""
    for shipment in items(read_json(payload), "shipments"):
        number = number_of(shipment, "id")
        for event in shipment.get("events") or [shipment.get("status")]:
            if event is None:
                continue
            code = text(event, "statusCode")
            meaning = meaning_of("dhl", code and code.lower())
            place_ = ("location", "address")
            yield CarrierEvent(
                carrier="dhl",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(text(event, "timestamp")),
                location=place(
                    text(event, *place_, "addressLocality"), text(event, *place_, "countryCode")
                ),
                description=text(event, "description") or text(event, "status"),
            )
