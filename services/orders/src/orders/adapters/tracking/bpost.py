"""bpost's answers (itemTracking, XML)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, elements, local, read_xml, said
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the states of every item; a state's name stands before the dash of its description."""
    root = read_xml(payload)
    items = [root] if local(root.tag) == "itemTracking" else list(elements(root, "itemTracking"))
    if not items:
        raise unreadable("itemTracking", "is missing")
    for item in items:
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
                code=code,
                when=said(state, "time"),
                description=described,
            )
