"""bpost's answers: itemTracking (XML), and its tracker's items (JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    elements,
    folded,
    is_xml,
    items,
    local,
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

_LANGUAGES = ("EN", "FR", "NL", "DE")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the states of every item, in whichever of the two forms it comes."""
    return _read_xml(payload) if is_xml(payload) else _read_json(payload)


def _read_xml(payload: bytes) -> Iterator[CarrierEvent]:
    """Read states by their code, or by their name before the dash of the description."""
    root = read_xml(payload)
    found = [root] if local(root.tag) == "itemTracking" else list(elements(root, "itemTracking"))
    if not found:
        raise unreadable("itemTracking", "is missing")
    for item in found:
        number = said(item, "itemCode")
        if number is None:
            raise unreadable("itemCode", "tells no tracking number")
        for state in elements(item, "stateInfo"):
            code, described = said(state, "stateCode"), said(state, "stateDescription")
            name = described.partition(" - ")[0] if described else None
            yield carrier_event(
                meaning_of("bpost", code, name),
                carrier="bpost",
                tracking_number=number,
                code=code or name,
                when=said(state, "time"),
                description=described,
            )


def _read_json(payload: bytes) -> Iterator[CarrierEvent]:
    """Read events by their English words, which are fixed."""
    for item in items(read_json(payload), "items"):
        number = number_of(item, "itemCode")
        for event in items(item, "events"):
            told = [text(event, "key", language, "description") for language in _LANGUAGES]
            day, clock = text(event, "date"), text(event, "time")
            yield carrier_event(
                meaning_of("bpost", folded(told[0])),
                carrier="bpost",
                tracking_number=number,
                code=told[0],
                when=day and f"{day}T{clock or '00:00'}",
                where=(
                    text(event, "location", "locationName"),
                    text(event, "location", "countryCode"),
                ),
                description=next(filter(None, told), None),
            )
