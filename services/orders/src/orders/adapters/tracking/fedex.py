"""FedEx's answers (Track API v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, place, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the scans of every shipment; one number may stand for two of them.

    An exception's own code says more than the event's, so that it is looked up first.
    """
    for result in items(read_json(payload), "output", "completeTrackResults"):
        for shipment in items(result, "trackResults"):
            number = text(result, "trackingNumber") or number_of(
                shipment, "trackingNumberInfo", "trackingNumber"
            )
            for event in items(shipment, "scanEvents"):
                kind, exception = text(event, "eventType"), text(event, "exceptionCode")
                detailed = f"{kind}:{exception}" if kind and exception else None
                meaning = meaning_of("fedex", detailed, kind)
                yield CarrierEvent(
                    carrier="fedex",
                    tracking_number=number,
                    status=meaning.status,
                    reason=meaning.reason,
                    code=detailed or kind,
                    occurred_told=iso_time(text(event, "date")),
                    location=place(
                        text(event, "scanLocation", "city"),
                        text(event, "scanLocation", "stateOrProvinceCode"),
                        text(event, "scanLocation", "countryCode"),
                    ),
                    description=text(event, "exceptionDescription")
                    or text(event, "eventDescription"),
                )
