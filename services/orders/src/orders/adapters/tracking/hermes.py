"""Hermes Germany's answers (shipmentinfo)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent

_KIND = 6
"""How many digits of a nine-digit code say what happened; the others say who scanned it."""


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the states of every shipment; codes are of four digits, or of nine."""
    for shipment in items(read_json(payload), "shipmentinfo"):
        number = number_of(shipment, "shipmentID")
        for event in items(shipment, "status"):
            code = text(event, "code")
            yield carrier_event(
                meaning_of("hermes", code, code and code[:_KIND]),
                carrier="hermes",
                tracking_number=number,
                code=code,
                when=text(event, "timestamp"),
                where=(
                    text(event, "scanningUnit", "city"),
                    text(event, "scanningUnit", "countryCode"),
                ),
                description=text(event, "description"),
            )
