"""DPD's answers (ParcelLifeCycleService 2.0, SOAP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, elements, read_xml, said
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from orders.domain.carrier_words import CarrierEvent

_TIMES = ("%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y, %H:%M", "%d.%m.%Y, %H:%M", "%d/%m/%Y %H:%M:%S")
_SHOWN = ("parcelLabelNumber", "parcelNumber")
_UNNAMED = "as asked"


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the reached states of each parcel; the answer names no number, who asks knows it."""
    root = read_xml(payload)
    results = list(elements(root, "trackingresult"))
    if not results:
        raise unreadable("trackingresult", "is missing")
    for result in results:
        number = next((_content(result, name) for name in _SHOWN if _content(result, name)), None)
        for state in elements(result, "statusInfo"):
            when = _content(state, "date")
            if said(state, "statusHasBeenReached") != "true" or when is None:
                continue
            code = said(state, "status")
            yield carrier_event(
                meaning_of("dpd", code),
                carrier="dpd",
                tracking_number=number or _UNNAMED,
                code=code,
                when=when,
                formats=_TIMES,
                where=[_content(state, "location")],
                description=_content(state, "description"),
            )


def _content(element: Element, name: str) -> str | None:
    """Give the text that an element shows, without how it is set."""
    for child in elements(element, name):
        for inner in elements(child, "content"):
            found = " ".join((inner.text or "").split())
            if found:
                return found
        return " ".join((child.text or "").split()) or None
    return None
