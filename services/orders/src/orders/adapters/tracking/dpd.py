"""DPD's answers: ParcelLifeCycleService 2.0 (SOAP), and the same in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    elements,
    is_xml,
    items,
    read_json,
    read_xml,
    said,
    text,
)
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from orders.domain.carrier_words import CarrierEvent

_TIMES = (
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y, %H:%M",
    "%d.%m.%Y, %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
_RESULTS = ("trackingresult", "ParcelLifeCycleData")
_SHOWN = ("parcelLabelNumber", "parcelNumber")
_UNNAMED = "as asked"
_LIFE_CYCLE = ("parcellifecycleResponse", "parcelLifeCycleData")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the reached states of each parcel; those that are only expected are none."""
    return _read_xml(payload) if is_xml(payload) else _read_json(payload)


def _read_xml(payload: bytes) -> Iterator[CarrierEvent]:
    """Read SOAP; an answer that names no number is of the one that was asked for."""
    results = list(elements(read_xml(payload), *_RESULTS))
    if not results:
        raise unreadable("trackingresult", "is missing")
    for result in results:
        number = next((_content(result, name) for name in _SHOWN if _content(result, name)), None)
        for state in elements(result, "statusInfo"):
            if said(state, "statusHasBeenReached") == "true":
                yield from _event(
                    number,
                    code=said(state, "status"),
                    when=_content(state, "date"),
                    where=_content(state, "location"),
                    described=_content(state, "description"),
                )


def _read_json(payload: bytes) -> Iterator[CarrierEvent]:
    """Read JSON, whose texts are lists of lines."""
    found = list(items(read_json(payload), *_LIFE_CYCLE))
    if not found:
        raise unreadable(".".join(_LIFE_CYCLE), "is missing")
    for result in found:
        numbers = (text(result, "shipmentInfo", name) for name in _SHOWN)
        number = next(filter(None, numbers), None)
        for state in items(result, "statusInfo"):
            if state.get("statusHasBeenReached") in {True, "true"}:
                yield from _event(
                    number,
                    code=text(state, "status"),
                    when=_lines(state.get("date")),
                    where=_lines(state.get("location")),
                    described=_lines(state.get("description")),
                )


def _event(
    number: str | None,
    *,
    code: str | None,
    when: str | None,
    where: str | None,
    described: str | None,
) -> Iterator[CarrierEvent]:
    """Give a state as an event; one without a time is none."""
    if when is not None:
        yield carrier_event(
            meaning_of("dpd", code),
            carrier="dpd",
            tracking_number=number or _UNNAMED,
            code=code,
            when=when,
            formats=_TIMES,
            where=[where],
            description=described,
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


def _lines(told: Any) -> str | None:
    """Give a text that stands by itself, in a list of lines, or in an object's `content`."""
    if isinstance(told, dict):
        return _lines(cast("dict[str, Any]", told).get("content"))
    if isinstance(told, list):
        return " ".join(filter(None, map(_lines, cast("list[Any]", told)))) or None
    return text({"line": told}, "line")
