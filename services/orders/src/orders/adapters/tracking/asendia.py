"""Asendia's answers: tracking of Asendia Sync, and the milestones of Asendia USA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel, in whichever of the two forms it comes.

    Asendia Sync passes on codes of whoever carries the parcel, and publishes no list of them.
    """
    told = read_json(payload)
    for parcel in items(told):
        for event in items(parcel, "trackingEvents"):
            code = text(event, "code")
            yield carrier_event(
                meaning_of("asendia", code),
                carrier="asendia",
                tracking_number=number_of(parcel, "trackingNumber"),
                code=code,
                when=text(event, "time"),
                where=(text(event, "locationName"), text(event, "locationCountry")),
                description=text(event, "carrierEventDescription"),
            )
    for parcel in items(told, "data"):
        for event in items(parcel, "trackingMilestoneEvents"):
            code = text(event, "eventCode")
            yield carrier_event(
                meaning_of("asendia", code),
                carrier="asendia",
                tracking_number=number_of(parcel, "trackingNumberVendor"),
                code=code,
                when=text(event, "eventOn"),
                where=[text(event, "eventLocation")],
                description=text(event, "eventDescription"),
            )
