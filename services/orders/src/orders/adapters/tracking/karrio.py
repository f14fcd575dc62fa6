"""Karrio's trackers: listed, alone, or inside its webhook's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMES = ("%Y-%m-%dT%I:%M %p", "%Y-%m-%dT%H:%M:%S%z")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every tracker, by Karrio's status; an event without one is unmapped."""
    told = read_json(payload)
    found = [*items(told, "results"), *items(told, "data")] or [*items(told)]
    for tracker in found:
        number = number_of(tracker, "tracking_number")
        for event in items(tracker, "events"):
            status, code = text(event, "status"), text(event, "code")
            meaning = meaning_of("karrio", status)
            day, clock = text(event, "date"), text(event, "time")
            when = text(event, "timestamp") or f"{day}T{clock or '00:00'}"
            yield CarrierEvent(
                carrier=text(tracker, "carrier_name") or "karrio",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code or status,
                occurred_told=iso_time(when, *_TIMES),
                location=text(event, "location"),
                description=text(event, "description"),
            )
