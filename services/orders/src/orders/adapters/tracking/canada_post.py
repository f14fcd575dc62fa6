"""Canada Post's answers (tracking-detail, XML)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, elements, read_xml, said
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the occurrences of every pin; they are told with a local time and a zone's letters."""
    found = list(elements(read_xml(payload), "tracking-detail", "pin-summary"))
    if not found:
        raise unreadable("tracking-detail", "is missing")
    for parcel in found:
        number = said(parcel, "pin")
        if number is None:
            raise unreadable("pin", "tells no tracking number")
        for event in elements(parcel, "occurrence"):
            code = said(event, "event-identifier")
            when = f"{said(event, 'event-date')}T{said(event, 'event-time') or '00:00:00'}"
            yield carrier_event(
                meaning_of("canada-post", code),
                carrier="canada-post",
                tracking_number=number,
                code=code,
                when=when,
                where=(said(event, "event-site"), said(event, "event-province")),
                description=said(event, "event-description"),
            )
