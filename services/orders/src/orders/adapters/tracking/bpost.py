"""bpost's answers (itemTracking, XML)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import elements, iso_time, local, read_xml, said
from orders.domain.carrier_words import CarrierEvent, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator


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
            meaning = meaning_of("bpost", code, name)
            yield CarrierEvent(
                carrier="bpost",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(said(state, "time")),
                location=None,
                description=described,
            )
