"""AfterShip's trackings, listed or inside its webhook's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, place, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the checkpoints of every tracking, by the subtag, else by the tag."""
    told = read_json(payload)
    found = [
        *items(told, "data", "trackings"),
        *items(told, "data", "tracking"),
        *items(told, "msg"),
    ]
    for tracking in found:
        number = number_of(tracking, "tracking_number")
        for checkpoint in items(tracking, "checkpoints"):
            subtag, tag = text(checkpoint, "subtag"), text(checkpoint, "tag")
            meaning = meaning_of("aftership", subtag, tag)
            yield CarrierEvent(
                carrier=text(checkpoint, "slug") or text(tracking, "slug") or "aftership",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=subtag or tag,
                occurred_told=iso_time(text(checkpoint, "checkpoint_time")),
                location=text(checkpoint, "location")
                or place(
                    text(checkpoint, "city"),
                    text(checkpoint, "state"),
                    text(checkpoint, "country_iso3"),
                ),
                description=text(checkpoint, "message"),
            )
