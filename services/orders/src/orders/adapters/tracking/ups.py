"""UPS's answers: Tracking API v1, and the Track service before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orders.domain.carrier_words import CarrierEvent

_TIMES = ("%Y%m%d%H%M%S%z", "%Y%m%d%H%M%S", "%Y%m%d%z", "%Y%m%d")


class _Names(NamedTuple):
    """What one version of the service calls the fields that both have."""

    packages: tuple[str, ...]
    number: str
    activity: str
    place: tuple[str, ...]
    province: str
    letters: tuple[str, ...]


_V1 = _Names(
    packages=("trackResponse", "shipment", "package"),
    number="trackingNumber",
    activity="activity",
    place=("location", "address"),
    province="stateProvince",
    letters=("status", "type", "code", "description", "date", "time", "gmtOffset", "city"),
)
_BEFORE = _Names(
    packages=("TrackResponse", "Shipment", "Package"),
    number="TrackingNumber",
    activity="Activity",
    place=("ActivityLocation", "Address"),
    province="StateProvinceCode",
    letters=("Status", "Type", "Code", "Description", "Date", "Time", "GMTOffset", "City"),
)


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the activities of every package; times are local where no offset stands beside them."""
    told = read_json(payload)
    for names in (_V1, _BEFORE):
        for package in items(told, *names.packages):
            number = number_of(package, names.number)
            for activity in items(package, names.activity):
                yield _event(activity, number, names)


def _event(activity: Mapping[str, Any], number: str, names: _Names) -> CarrierEvent:
    """Read an activity: its code says the most, then the status of the package, then the type."""
    status, type_, code_, described, day, clock, offset, city = names.letters
    kind, code = text(activity, status, type_), text(activity, status, code_)
    of_package = text(activity, status, "statusCode")
    country = "countryCode" if names is _V1 else "CountryCode"
    told = [text(activity, name) or "" for name in (day, clock, offset)]
    return carrier_event(
        meaning_of("ups", code, of_package, kind and f"type {kind}"),
        carrier="ups",
        tracking_number=number,
        code=":".join(filter(None, (kind, code))) or of_package,
        when="".join(told).replace(":", ""),
        formats=_TIMES,
        where=[text(activity, *names.place, one) for one in (city, names.province, country)],
        description=text(activity, status, described),
    )
