"""Hermes Germany's answers (shipmentinfo)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, place, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

_KIND = 6
"""How many digits of a nine-digit code say what happened; the others say who scanned it."""


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the states of every shipment; codes are of four digits, or of nine."""
    for shipment in items(read_json(payload), "shipmentinfo"):
        number = number_of(shipment, "shipmentID")
        for event in items(shipment, "status"):
            code = text(event, "code")
            meaning = meaning_of("hermes", code, code and code[:_KIND])
            yield CarrierEvent(
                carrier="hermes",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(text(event, "timestamp")),
                location=place(
                    text(event, "scanningUnit", "city"), text(event, "scanningUnit", "countryCode")
                ),
                description=text(event, "description"),
            )
