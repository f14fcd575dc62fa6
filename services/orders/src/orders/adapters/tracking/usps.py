"""USPS's answers: TrackResponse in XML, and its successor in JSON (Tracking API v3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    elements,
    iso_time,
    items,
    number_of,
    place,
    read_json,
    read_xml,
    said,
    text,
)
from orders.domain.carrier_words import CarrierEvent, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMES = ("%B %d, %Y %I:%M %p", "%B %d, %Y")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every item, in whichever of the two forms it comes."""
    return _read_xml(payload) if payload.lstrip()[:1] == b"<" else _read_json(payload)


def _read_xml(payload: bytes) -> Iterator[CarrierEvent]:
    found = list(elements(read_xml(payload), "TrackInfo"))
    if not found:
        raise unreadable("TrackInfo", "is missing")
    for item in found:
        number = item.get("ID")
        if not number:
            raise unreadable("TrackInfo ID", "tells no tracking number")
        for event in elements(item, "TrackSummary", "TrackDetail"):
            day, clock = said(event, "EventDate"), said(event, "EventTime")
            if day is None:
                continue
            yield _event(
                number,
                said(event, "EventCode"),
                iso_time(" ".join(filter(None, (day, clock))), *_TIMES),
                place(
                    said(event, "EventCity"), said(event, "EventState"), said(event, "EventCountry")
                ),
                said(event, "Event"),
            )


def _read_json(payload: bytes) -> Iterator[CarrierEvent]:
    for item in items(read_json(payload)):
        number = number_of(item, "trackingNumber")
        for event in items(item, "trackingEvents"):
            yield _event(
                number,
                text(event, "eventCode"),
                iso_time(text(event, "eventTimestamp")),
                place(
                    text(event, "eventCity"),
                    text(event, "eventState"),
                    text(event, "eventCountry"),
                ),
                text(event, "eventType"),
            )


def _event(
    number: str, code: str | None, told: str, location: str | None, description: str | None
) -> CarrierEvent:
    meaning = meaning_of("usps", code)
    return CarrierEvent(
        carrier="usps",
        tracking_number=number,
        status=meaning.status,
        reason=meaning.reason,
        code=code,
        occurred_told=told,
        location=location,
        description=description,
    )
