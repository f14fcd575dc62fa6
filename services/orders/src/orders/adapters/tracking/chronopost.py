"""Chronopost's answers (TrackingServiceWS, SOAP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import elements, iso_time, read_xml, said
from orders.domain.carrier_words import CarrierEvent, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel that the answer lists."""
    found = list(elements(read_xml(payload), "listEventInfoComp", "listEvents"))
    if not found:
        raise unreadable("listEventInfoComp", "is missing")
    for parcel in found:
        number = said(parcel, "skybillNumber")
        if number is None:
            raise unreadable("skybillNumber", "tells no tracking number")
        for event in elements(parcel, "events"):
            code = said(event, "code")
            meaning = meaning_of("chronopost", code)
            yield CarrierEvent(
                carrier="chronopost",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(said(event, "eventDate")),
                location=said(event, "officeLabel"),
                description=said(event, "eventLabel"),
            )
