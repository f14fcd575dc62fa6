"""EasyPost's trackers, alone or inside its webhook's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import UNMAPPED, codes_of, meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from orders.adapters.tracking.codes import Meaning
    from orders.domain.carrier_words import CarrierEvent

_CARRIERS_CODES = frozenset({"fedex", "usps"})
"""Carriers whose own codes EasyPost passes on."""


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the details of every tracker; the carrier's own code says more than EasyPost's word."""
    told = read_json(payload)
    trackers = [*items(told, "result"), *items(told, "trackers")] or [*items(told)]
    for tracker in trackers:
        if text(tracker, "object") not in {None, "Tracker"}:
            continue
        number = number_of(tracker, "tracking_code")
        carrier = (text(tracker, "carrier") or "easypost").lower()
        for detail in items(tracker, "tracking_details"):
            meaning, code = _meaning(carrier, detail)
            place = ("tracking_location",)
            yield carrier_event(
                meaning,
                carrier=carrier,
                tracking_number=number,
                code=code,
                when=text(detail, "datetime"),
                where=(
                    text(detail, *place, "city"),
                    text(detail, *place, "state"),
                    text(detail, *place, "country"),
                ),
                description=text(detail, "message"),
            )


def _meaning(carrier: str, detail: Mapping[str, Any]) -> tuple[Meaning, str | None]:
    own = text(detail, "carrier_code")
    if carrier in _CARRIERS_CODES and own in codes_of(carrier):
        return meaning_of(carrier, own), own
    status, more = text(detail, "status"), text(detail, "status_detail")
    detailed = f"{status}:{more}" if status and more and more != "unknown" else None
    meaning = meaning_of("easypost", detailed, status)
    return meaning, own or detailed or status if meaning is not UNMAPPED else detailed or status
