"""Canada Post's answers (tracking-detail, XML)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import elements, iso_time, place, read_xml, said
from orders.domain.carrier_words import CarrierEvent, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator


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
            meaning = meaning_of("canada-post", code)
            when = f"{said(event, 'event-date')}T{said(event, 'event-time') or '00:00:00'}"
            yield CarrierEvent(
                carrier="canada-post",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(when),
                location=place(said(event, "event-site"), said(event, "event-province")),
                description=said(event, "event-description"),
            )
