"""AfterShip's trackings, listed or inside its webhook's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


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
            yield carrier_event(
                meaning_of("aftership", subtag, tag),
                carrier=text(checkpoint, "slug") or text(tracking, "slug") or "aftership",
                tracking_number=number,
                code=subtag or tag,
                when=text(checkpoint, "checkpoint_time"),
                where=[text(checkpoint, "location")]
                if text(checkpoint, "location")
                else [text(checkpoint, name) for name in ("city", "state", "country_iso3")],
                description=text(checkpoint, "message"),
            )
