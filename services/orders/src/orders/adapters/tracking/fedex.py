"""FedEx's answers (Track API v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the scans of every shipment; one number may stand for two of them.

    An exception's own code says more than the event's, so that it is looked up first. An event of
    no row, such as a recipient's wish, says what FedEx derives of where the shipment is.
    """
    for result in items(read_json(payload), "output", "completeTrackResults"):
        for shipment in items(result, "trackResults"):
            number = text(result, "trackingNumber") or number_of(
                shipment, "trackingNumberInfo", "trackingNumber"
            )
            for event in items(shipment, "scanEvents"):
                kind, exception = text(event, "eventType"), text(event, "exceptionCode")
                detailed = f"{kind}:{exception}" if kind and exception else None
                derived = text(event, "derivedStatusCode")
                yield carrier_event(
                    meaning_of("fedex", detailed, kind, derived and f"derived {derived}"),
                    carrier="fedex",
                    tracking_number=number,
                    code=detailed or kind or derived,
                    when=text(event, "date"),
                    where=(
                        text(event, "scanLocation", "city"),
                        text(event, "scanLocation", "stateOrProvinceCode"),
                        text(event, "scanLocation", "countryCode"),
                    ),
                    description=text(event, "exceptionDescription")
                    or text(event, "eventDescription"),
                )
