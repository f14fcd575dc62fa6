"""USPS's answers: TrackResponse in XML, and its successor in JSON (Tracking API v3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    elements,
    is_xml,
    items,
    number_of,
    read_json,
    read_xml,
    said,
    text,
)
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent

_TIMES = ("%B %d, %Y %I:%M %p", "%B %d, %Y")
_LENGTH_WITHOUT_OFFSET = len("2026-03-02T08:10:00")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every item, in whichever of the two forms it comes."""
    return _read_xml(payload) if is_xml(payload) else _read_json(payload)


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
            code = said(event, "EventCode")
            yield carrier_event(
                meaning_of("usps", code),
                carrier="usps",
                tracking_number=number,
                code=code,
                when=" ".join(filter(None, (day, clock))),
                formats=_TIMES,
                where=[said(event, name) for name in ("EventCity", "EventState", "EventCountry")],
                description=said(event, "Event"),
            )


def _read_json(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of Tracking API v3; their time is local, and its offset stands beside it."""
    for item in items(read_json(payload)):
        number = number_of(item, "trackingNumber")
        for event in items(item, "trackingEvents"):
            code = text(event, "eventCode")
            yield carrier_event(
                meaning_of("usps", code),
                carrier="usps",
                tracking_number=number,
                code=code,
                when=_moment(text(event, "eventTimestamp"), text(event, "GMTOffset")),
                where=[text(event, name) for name in ("eventCity", "eventState", "eventCountry")],
                description=text(event, "eventType"),
            )


def _moment(told: str | None, offset: str | None) -> str | None:
    return told + offset if told and offset and len(told) == _LENGTH_WITHOUT_OFFSET else told
