"""Australia Post's answers: Shipping and Tracking, and the gateway of its tracking page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    folded,
    items,
    number_of,
    read_json,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orders.domain.carrier_words import CarrierEvent

_BEFORE_A_PLACE = (" - ", " at ", " in ")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every article, in whichever of the two forms it comes."""
    told = read_json(payload)
    for result in items(told, "tracking_results"):
        for listed in items(result, "trackable_items"):
            for article in items(listed, "items") if listed.get("items") else (listed,):
                number = number_of(article, "article_id")
                for event in items(article, "events"):
                    yield _event(event, number, when=text(event, "date"))
    for article in items(told, "shipment", "articles"):
        for detail in items(article, "details"):
            number = text(detail, "articleId") or number_of(article, "articleId")
            for event in items(detail, "events"):
                yield _event(
                    event, number, when=text(event, "localeDateTime") or text(event, "date")
                )


def _event(event: Mapping[str, Any], number: str, *, when: str | None) -> CarrierEvent:
    """Read an event by its code, or by its words, which are fixed up to a place or a detail."""
    code, words = text(event, "eventCode"), text(event, "description")
    said = folded(words)
    return carrier_event(
        meaning_of("australia-post", code, said, *_openings(said)),
        carrier="australia-post",
        tracking_number=number,
        code=code or words,
        when=when,
        where=[text(event, "location")],
        description=words,
    )


def _openings(said: str | None) -> Iterator[str]:
    for mark in _BEFORE_A_PLACE:
        opening, found, _ = (said or "").partition(mark)
        if found:
            yield f"{opening}{mark.rstrip()} …"
