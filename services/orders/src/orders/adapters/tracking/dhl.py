"""DHL's answers (Shipment Tracking, Unified)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every shipment, or its one status where it lists none."""
    for shipment in items(read_json(payload), "shipments"):
        number = number_of(shipment, "id")
        for event in shipment.get("events") or [shipment.get("status")]:
            if event is None:
                continue
            code = text(event, "statusCode")
            place = ("location", "address")
            yield carrier_event(
                meaning_of("dhl", code and code.lower()),
                carrier="dhl",
                tracking_number=number,
                code=code,
                when=text(event, "timestamp"),
                where=(text(event, *place, "addressLocality"), text(event, *place, "countryCode")),
                description=text(event, "description") or text(event, "status"),
            )
