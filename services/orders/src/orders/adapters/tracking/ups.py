"""UPS's answers (Tracking API v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the activities of every package; times are local where no offset stands beside them."""
    for package in items(read_json(payload), "trackResponse", "shipment", "package"):
        number = number_of(package, "trackingNumber")
        for activity in items(package, "activity"):
            kind, code = text(activity, "status", "type"), text(activity, "status", "code")
            told = [text(activity, name) or "" for name in ("date", "time", "gmtOffset")]
            yield carrier_event(
                meaning_of("ups", code, kind),
                carrier="ups",
                tracking_number=number,
                code=":".join(filter(None, (kind, code))) or None,
                when="".join(told),
                formats=("%Y%m%d%H%M%S%z", "%Y%m%d%H%M%S"),
                where=(
                    text(activity, "location", "address", "city"),
                    text(activity, "location", "address", "stateProvince"),
                    text(activity, "location", "address", "countryCode"),
                ),
                description=text(activity, "status", "description"),
            )
