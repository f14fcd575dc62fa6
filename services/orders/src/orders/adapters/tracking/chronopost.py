"""Chronopost's answers (TrackingServiceWS, SOAP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, elements, folded, read_xml, said
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel that the answer lists.

    Partners' scans use some codes again for other things: there the words go before the code.
    """
    found = list(elements(read_xml(payload), "listEventInfoComp", "listEvents"))
    if not found:
        raise unreadable("listEventInfoComp", "is missing")
    for parcel in found:
        number = said(parcel, "skybillNumber")
        if number is None:
            raise unreadable("skybillNumber", "tells no tracking number")
        for event in elements(parcel, "events"):
            code, words = said(event, "code"), said(event, "eventLabel")
            yield carrier_event(
                meaning_of("chronopost", f"{code}:{folded(words)}", code),
                carrier="chronopost",
                tracking_number=number,
                code=code,
                when=said(event, "eventDate"),
                where=[said(event, "officeLabel")],
                description=words,
            )
