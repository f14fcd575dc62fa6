"""Times as they were told: the instant, the zone it came with, the local day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from chassis.errors import FieldProblem, Invalid

_CLOCK_TOLERANCE_SECONDS = 60
_TILL_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EARLIEST_YEAR, LATEST_YEAR = 1970, 2999
"""The years of which times are kept, as they were told."""


class UnknownTimeZone(Invalid):
    slug = "unknown-time-zone"
    title = "The time zone is not known"


class TimeOutOfRange(Invalid):
    slug = "time-out-of-range"
    title = "The time is outside the years that are kept"


class ZoneSource(StrEnum):
    """Where the zone of a carrier's time came from."""

    OFFSET = "offset"
    TOLD = "told"
    ORDER = "order"
    ASSUMED_UTC = "assumed-utc"


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """An instant, the zone it was told in (an IANA name or an offset such as +09:00), its day."""

    at: datetime
    zone: str
    on: date


@dataclass(frozen=True, slots=True)
class CarrierTime:
    """A carrier's time: the instant it is taken for, its text, and where its zone came from."""

    at: datetime
    told: str
    zone_source: ZoneSource


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Give the IANA zone of that name; raises `UnknownTimeZone`."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError) as error:
        problem = "is not an IANA time zone"
        mend = "Send a name such as Europe/Paris or Asia/Tokyo."
        raise UnknownTimeZone(
            f"{name!r} {problem}. {mend}", fields=[FieldProblem("time_zone", problem, mend)]
        ) from error


def local_moment(told: datetime, zone: str | None, *, field: str) -> LocalMoment:
    """Keep a moment with its zone: the named one, else the offset it was told with.

    Raises `UnknownTimeZone` and `TimeOutOfRange`.
    """
    at = _in_range(told, field=field)
    if zone is not None:
        return LocalMoment(at, zone, at.astimezone(zone_named(zone)).date())
    return LocalMoment(at, _offset(told), told.date())


def clock_skew_seconds(told: datetime, received_at: datetime) -> int | None:
    """Tell by how many seconds a till's clock is surely wrong, or None.

    A sale cannot lie ahead of its arrival (more than a minute), nor before 2000, where a clock
    without a battery starts; one that lies behind may have waited in a till without a network.
    """
    ahead = (told - received_at).total_seconds()
    if ahead > _CLOCK_TOLERANCE_SECONDS or told < _TILL_EPOCH:
        return round(ahead)
    return None


def local_day(at: datetime, zone: str) -> date:
    """Give the day of a moment in a zone as `LocalMoment` keeps it."""
    return at.astimezone(kept_zone(zone)).date()


def carrier_time(told: str, *, told_zone: str | None, order_zone: str | None) -> CarrierTime:
    """Read a carrier's ISO 8601 time; without an offset it is read in the best zone there is.

    Raises `ValueError` when it is no time, `UnknownTimeZone`, `TimeOutOfRange`.
    """
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is not None:
        return CarrierTime(_in_range(moment, field="occurred_at"), told, ZoneSource.OFFSET)
    if told_zone is not None:
        zone, source = zone_named(told_zone), ZoneSource.TOLD
    elif order_zone is not None:
        zone, source = kept_zone(order_zone), ZoneSource.ORDER
    else:
        zone, source = UTC, ZoneSource.ASSUMED_UTC
    return CarrierTime(_in_range(moment.replace(tzinfo=zone), field="occurred_at"), told, source)


def _in_range(told: datetime, *, field: str) -> datetime:
    if not EARLIEST_YEAR <= told.year <= LATEST_YEAR:
        problem = f"lies in the year {told.year}"
        mend = f"Send a time between {EARLIEST_YEAR} and {LATEST_YEAR}."
        raise TimeOutOfRange(
            f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)]
        )
    return told.astimezone(UTC)


def _offset(told: datetime) -> str:
    """Write the offset a time was told with as `+09:00`."""
    return told.isoformat(timespec="seconds")[19:25]


def kept_zone(kept: str) -> tzinfo:
    """Read a zone as `LocalMoment` keeps it."""
    if kept[0] in "+-":
        return datetime.fromisoformat(f"2000-01-01T00:00:00{kept}").tzinfo or UTC
    return zone_named(kept)
