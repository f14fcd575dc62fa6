"""Canada Post's answers: tracking-detail in XML, and the same in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    elements,
    folded,
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

_DIGITS = 4


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every pin, in whichever form it comes."""
    return _read_xml(payload) if is_xml(payload) else _read_json(payload)


def _read_xml(payload: bytes) -> Iterator[CarrierEvent]:
    """Read occurrences; they are told with a local time and a zone's letters."""
    found = list(elements(read_xml(payload), "tracking-detail", "pin-summary"))
    if not found:
        raise unreadable("tracking-detail", "is missing")
    for parcel in found:
        number = said(parcel, "pin")
        if number is None:
            raise unreadable("pin", "tells no tracking number")
        for event in elements(parcel, "occurrence"):
            yield _event(
                number,
                code=said(event, "event-identifier"),
                words=said(event, "event-description"),
                when=_moment(said(event, "event-date"), said(event, "event-time")),
                where=(said(event, "event-site"), said(event, "event-province")),
            )


def _read_json(payload: bytes) -> Iterator[CarrierEvent]:
    """Read events by the names of its API, and by those of its tracking page."""
    for parcel in items(read_json(payload)):
        number = number_of(parcel, "pin")
        for event in items(parcel, "significantEvents"):
            yield _event(
                number,
                code=text(event, "eventIdentifier"),
                words=text(event, "eventDescription"),
                when=_moment(text(event, "eventDate"), text(event, "eventTime")),
                where=(text(event, "eventSite"), text(event, "eventProvince")),
            )
        for event in items(parcel, "events"):
            clock, offset = text(event, "datetime", "time"), text(event, "datetime", "zoneOffset")
            city, region = (text(event, "locationAddr", name) for name in ("city", "regionCd"))
            yield _event(
                number,
                code=text(event, "cd"),
                words=text(event, "descEn") or text(event, "descFr"),
                when=_moment(text(event, "datetime", "date"), clock and clock + (offset or "")),
                where=(city, region),
            )


def _event(
    number: str,
    *,
    code: str | None,
    words: str | None,
    when: str | None,
    where: tuple[str | None, ...],
) -> CarrierEvent:
    """Put an event together: its code, and words where the code is of the way back as well."""
    padded = code and code.zfill(_DIGITS)
    return carrier_event(
        meaning_of("canada-post", padded and f"{padded}:{folded(words)}", padded),
        carrier="canada-post",
        tracking_number=number,
        code=code,
        when=when,
        where=where,
        description=words,
    )


def _moment(day: str | None, clock: str | None) -> str | None:
    return day and f"{day}T{clock or '00:00:00'}"
