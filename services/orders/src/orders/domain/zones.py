"""Delivery zones: where the house delivers, and which two-hour windows it sells there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WINDOW = timedelta(hours=2)
HORIZON = timedelta(days=366)
"""So far ahead is a place sold at the most, whatever a zone's weeks repeat for ever."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class ZoneNotFound(NotFound):
    slug = "delivery-zone-not-found"
    title = "There is no such delivery zone"


def no_such_zone() -> ZoneNotFound:
    """Say that no zone has that name."""
    return ZoneNotFound("GET /v1/delivery-zones lists those there are.")


class NotDeliveredThere(NotFound):
    slug = "not-delivered-there"
    title = "No delivery zone covers the postcode"


class NoSuchWindow(Invalid):
    slug = "no-such-window"
    title = "The zone has no such window"


class WindowTooSoon(Conflict):
    slug = "window-too-soon"
    title = "The window begins too soon"


class WindowTooFar(Conflict):
    slug = "window-too-far"
    title = "The window is too far ahead"


class PrefixTaken(Conflict):
    slug = "postcode-prefix-taken"
    title = "Another zone has the postcode's beginning"


@dataclass(frozen=True, slots=True)
class Opening:
    """A window that comes every week: Monday is 0; `starts` is local time."""

    weekday: int
    starts: time
    capacity: int

    @property
    def since_monday(self) -> timedelta:
        """How long after the beginning of its week it begins."""
        starts = timedelta(
            hours=self.starts.hour,
            minutes=self.starts.minute,
            seconds=self.starts.second,
            microseconds=self.starts.microsecond,
        )
        return self.weekday * _DAY + starts


def windows_overlap(opening: Sequence[Opening]) -> bool:
    """Tell whether two windows of a week share a moment; Sunday's last meets Monday's first."""
    begins = sorted(one.since_monday for one in opening)
    return any(later - one < WINDOW for one, later in pairwise([*begins, begins[0] + _WEEK]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where the house delivers in windows; `lead_minutes` before one begins it is closed."""

    name: str
    country: str
    postcode_prefixes: tuple[str, ...]
    time_zone: str
    lead_minutes: int
    hold_minutes: int
    opening: tuple[Opening, ...]

    def covers(self, country: str, postcode: str) -> int:
        """Say by how many characters of a postcode the zone covers it; -1 if it does not."""
        if country != self.country:
            return -1
        told = "".join(postcode.split()).upper()
        return max((len(p) for p in self.postcode_prefixes if told.startswith(p)), default=-1)

    def windows(self, first: date, days: int) -> Iterator[tuple[datetime, int]]:
        """Give the beginnings of windows in UTC with their capacities, over local days.

        A beginning that a change of the clock skips is no window, nor is one that the change
        brings into the window before it: on such a day two hours are left out.
        """
        begins = sorted(self._begins(first - _DAY, days + 1))
        zone = ZoneInfo(self.time_zone)
        ended_at: datetime | None = None
        for at, capacity in begins:
            is_apart = ended_at is None or at >= ended_at
            ended_at = at + WINDOW
            if is_apart and at.astimezone(zone).date() >= first:
                yield at, capacity

    def _begins(self, first: date, days: int) -> Iterator[tuple[datetime, int]]:
        zone = ZoneInfo(self.time_zone)
        for day in (first + number * _DAY for number in range(days)):
            for opening in self.opening:
                if opening.weekday == day.weekday():
                    local = datetime.combine(day, opening.starts, tzinfo=zone)
                    at = local.astimezone(UTC)
                    if at.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                        yield at, opening.capacity

    def capacity_at(self, starts_at: datetime) -> int:
        """Give the capacity of the window that begins then; raises `NoSuchWindow`."""
        day = starts_at.astimezone(ZoneInfo(self.time_zone)).date()
        found = dict(self.windows(day, 1)).get(starts_at.astimezone(UTC))
        if found is None:
            problem = f"begins no window of {self.name}"
            mend = "Send the `starts_at` of one that GET /v1/delivery-slots gives."
            told = [FieldProblem("starts_at", problem, mend)]
            raise NoSuchWindow(f"{starts_at.isoformat()} {problem}. {mend}", fields=told)
        return found

    def check_in_time(self, starts_at: datetime, *, now: datetime) -> None:
        """Refuse what begins too soon or too late; raises `WindowTooSoon`, `WindowTooFar`."""
        if starts_at - now > HORIZON:
            message = f"Places are sold {HORIZON.days} days ahead at the most. Take an earlier one."
            raise WindowTooFar(message)
        if starts_at - now < timedelta(minutes=self.lead_minutes):
            message = f"{self.name} closes {self.lead_minutes} minutes before. Take a later one."
            raise WindowTooSoon(message)


def check_prefixes(zone: Zone, others: Iterable[Zone]) -> None:
    """No postcode's beginning belongs to two zones of a country; raises `PrefixTaken`."""
    for index, prefix in enumerate(zone.postcode_prefixes):
        for other in others:
            is_other = other.name != zone.name and other.country == zone.country
            if is_other and prefix in other.postcode_prefixes:
                problem = f"has {prefix}, which is a beginning of {other.name}"
                mend = f"Take it out of {other.name} first, or send a longer one."
                told = [FieldProblem(f"postcode_prefixes.{index}", problem, mend)]
                raise PrefixTaken(f"{zone.name} {problem}. {mend}", fields=told)


def zone_for(zones: Iterable[Zone], country: str, postcode: str) -> Zone:
    """Give the zone that covers most of a postcode; raises `NotDeliveredThere`."""
    covering = [(zone.covers(country, postcode), zone.name, zone) for zone in zones]
    best = max((one for one in covering if one[0] >= 0), default=None)
    if best is None:
        raise NotDeliveredThere("Send the parcel by a carrier instead.")
    return best[2]
