"""Asendia's answers: tracking of Asendia Sync, and the forms of Asendia USA (A1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orders.domain.carrier_words import CarrierEvent

_BRANDED_PLACE = ("city", "province", "countryIso2")


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel, in whichever of the forms it comes."""
    told = read_json(payload)
    yield from _read_sync(told)
    for parcel in items(told, "data"):
        yield from _read_milestones(parcel)
        for inner in items(parcel, "trackingMilestone"):
            yield from _read_milestones(inner)
    for parcel in [*items(told), *items(told, "data")]:
        yield from _read_branded(parcel)


def _read_sync(told: Any) -> Iterator[CarrierEvent]:
    """Read Asendia Sync, which passes on codes of whoever carries and publishes no list."""
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


def _read_milestones(parcel: Mapping[str, Any]) -> Iterator[CarrierEvent]:
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


def _read_branded(parcel: Mapping[str, Any]) -> Iterator[CarrierEvent]:
    """Read the branded form: what a code means depends on which source tells it."""
    for event in items(parcel, "trackingBrandedDetail"):
        code, source = text(event, "eventCode"), text(event, "eventSource") or ""
        yield carrier_event(
            meaning_of("asendia", code and f"{source.partition(' ')[0]} {code}"),
            carrier="asendia",
            tracking_number=number_of(parcel, "trackingBrandedSummary", "trackingNumberVendor"),
            code=code,
            when=text(event, "eventOn"),
            where=[text(event, "eventLocationDetails", name) for name in _BRANDED_PLACE],
            description=text(event, "eventDescription"),
        )
