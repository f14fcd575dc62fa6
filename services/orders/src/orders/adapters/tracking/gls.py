"""GLS's answers (Track And Trace)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, place, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel; a code is its kind, a point, and how it went."""
    for parcel in items(read_json(payload), "parcels"):
        number = number_of(parcel, "unitno")
        for event in items(parcel, "events"):
            code = text(event, "code")
            meaning = meaning_of("gls", code, code and code.partition(".")[0])
            yield CarrierEvent(
                carrier="gls",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(text(event, "eventDateTime")),
                location=place(text(event, "city"), text(event, "country")),
                description=text(event, "description"),
            )
