"""GLS's answers: Track And Trace of the group, MyGLS, and ShipIT."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    folded,
    items,
    number_of,
    read_json,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent

_OF_MICROSOFT = re.compile(r"/Date\((-?\d{1,14})(?:([+-])(\d{2})(\d{2}))?\)/")
"""A time as MyGLS tells it: milliseconds since 1970, and the offset of the place."""

_SURE_KINDS = frozenset({"INBOUD", "OUTBOD", "OUTDEL", "PREADVICE"})
"""Kinds of events that mean the same however it went."""


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every parcel, in whichever of the three forms it comes."""
    told = read_json(payload)
    yield from _read_group(told)
    yield from _read_my_gls(told)
    yield from _read_shipit(told)


def _read_group(told: Any) -> Iterator[CarrierEvent]:
    """Read Track And Trace: a code is its kind, a point, and how it went.

    A parcel that was asked without its events tells its status alone; one nobody knows, nothing.
    """
    for parcel in items(told, "parcels"):
        if "errorCode" in parcel:
            continue
        number, status = number_of(parcel, "unitno"), text(parcel, "status")
        if status is not None and "events" not in parcel:
            yield carrier_event(
                meaning_of("gls", f"status {status}"),
                carrier="gls",
                tracking_number=number,
                code=status,
                when=text(parcel, "statusDateTime"),
                description=None,
            )
        for event in items(parcel, "events"):
            code, words = text(event, "code"), text(event, "description")
            kind = code.partition(".")[0] if code else None
            yield carrier_event(
                meaning_of(
                    "gls",
                    code,
                    folded(words),
                    kind if kind in _SURE_KINDS else None,
                    code and f"status {code}",
                ),
                carrier="gls",
                tracking_number=number,
                code=code,
                when=text(event, "eventDateTime"),
                where=(text(event, "city"), text(event, "country")),
                description=words,
            )


def _read_my_gls(told: Any) -> Iterator[CarrierEvent]:
    """Read what MyGLS tells of a parcel, by the numbers of its statuses."""
    for parcel in [*items(told), *items(told, "d")]:
        for event in items(parcel, "ParcelStatusList"):
            code = text(event, "StatusCode")
            yield carrier_event(
                meaning_of("gls", code and f"MyGLS {code.lstrip('0')}"),
                carrier="gls",
                tracking_number=number_of(parcel, "ParcelNumber"),
                code=code,
                when=_of_microsoft(text(event, "StatusDate")),
                where=[text(event, "DepotCity")],
                description=text(event, "StatusDescription"),
            )


def _read_shipit(told: Any) -> Iterator[CarrierEvent]:
    """Read a parcel's history; its words say more than the few words of its status."""
    for parcel in items(told, "UnitDetail"):
        for event in items(parcel, "History"):
            status, words = text(event, "StatusCode"), text(event, "Description")
            yield carrier_event(
                meaning_of("gls", folded(words), status and f"ShipIT {status}"),
                carrier="gls",
                tracking_number=number_of(parcel, "TrackID"),
                code=status,
                when=text(event, "Date"),
                where=(text(event, "Location"), text(event, "Country")),
                description=words,
            )


def _of_microsoft(told: str | None) -> str | None:
    """Give such a time as ISO 8601 in its own offset; another stays as it is."""
    found = _OF_MICROSOFT.fullmatch(told or "")
    if found is None:
        return told
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))
    if found[2] is None:
        return moment.isoformat()
    offset = timedelta(hours=int(found[3]), minutes=int(found[4]))
    return moment.astimezone(timezone(-offset if found[2] == "-" else offset)).isoformat()
