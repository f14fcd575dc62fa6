"""GLS's answers (Track And Trace)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel; a code is its kind, a point, and how it went."""
    for parcel in items(read_json(payload), "parcels"):
        number = number_of(parcel, "unitno")
        for event in items(parcel, "events"):
            code = text(event, "code")
            yield carrier_event(
                meaning_of("gls", code, code and code.partition(".")[0]),
                carrier="gls",
                tracking_number=number,
                code=code,
                when=text(event, "eventDateTime"),
                where=(text(event, "city"), text(event, "country")),
                description=text(event, "description"),
            )
