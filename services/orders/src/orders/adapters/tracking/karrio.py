"""Karrio's trackers: listed, alone, or inside its webhook's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent

_TIMES = ("%Y-%m-%dT%I:%M %p", "%Y-%m-%dT%H:%M:%S%z")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every tracker, by Karrio's status; an event without one is unmapped."""
    told = read_json(payload)
    found = [*items(told, "results"), *items(told, "data")] or [*items(told)]
    for tracker in found:
        number = number_of(tracker, "tracking_number")
        for event in items(tracker, "events"):
            status, code = text(event, "status"), text(event, "code")
            day, clock = text(event, "date"), text(event, "time")
            when = text(event, "timestamp") or f"{day}T{clock or '00:00'}"
            yield carrier_event(
                meaning_of("karrio", status),
                carrier=text(tracker, "carrier_name") or "karrio",
                tracking_number=number,
                code=code or status,
                when=when,
                formats=_TIMES,
                where=[text(event, "location")],
                description=text(event, "description"),
            )
