"""Delivery slots: zones, their two-hour windows, and places in them that are never sold twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WINDOW = timedelta(hours=2)


class HoldState(StrEnum):
    """What became of a place: held for a while, booked for an order, or let go."""

    HELD = "held"
    BOOKED = "booked"
    RELEASED = "released"
    EXPIRED = "expired"


TAKES_A_PLACE = frozenset({HoldState.HELD, HoldState.BOOKED})


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


class WindowFull(Conflict):
    slug = "window-full"
    title = "The window is full"


class HoldNotFound(NotFound):
    slug = "slot-hold-not-found"
    title = "There is no such hold"


class HoldLetGo(Conflict):
    slug = "slot-hold-let-go"
    title = "The place was let go"


class HoldOfAnotherOrder(Conflict):
    slug = "slot-hold-of-another-order"
    title = "The place is booked for another order"


@dataclass(frozen=True, slots=True)
class Opening:
    """A window that comes every week: Monday is 0; `starts` is local time."""

    weekday: int
    starts: time
    capacity: int


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

        A beginning that a change of the clock skips is no window.
        """
        zone = ZoneInfo(self.time_zone)
        for day in (first + timedelta(days=number) for number in range(days)):
            for opening in sorted(self.opening, key=lambda one: one.starts):
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
        """Refuse a window that begins too soon; raises `WindowTooSoon`."""
        if starts_at - now < timedelta(minutes=self.lead_minutes):
            message = f"{self.name} closes {self.lead_minutes} minutes before. Take a later one."
            raise WindowTooSoon(message)


def zone_for(zones: Iterable[Zone], country: str, postcode: str) -> Zone:
    """Give the zone that covers most of a postcode; raises `NotDeliveredThere`."""
    covering = [(zone.covers(country, postcode), zone.name, zone) for zone in zones]
    best = max((one for one in covering if one[0] >= 0), default=None)
    if best is None:
        raise NotDeliveredThere("Send the parcel by a carrier instead.")
    return best[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A window with what is taken of it."""

    zone: str
    starts_at: datetime
    capacity: int
    held: int = 0
    booked: int = 0

    @property
    def free(self) -> int:
        """How many places are left."""
        return self.capacity - self.held - self.booked


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A place in a window."""

    id: UUID
    zone: str
    starts_at: datetime
    state: HoldState
    expires_at: datetime
    order_id: UUID | None = None

    @property
    def ends_at(self) -> datetime:
        """When its window ends."""
        return self.starts_at + WINDOW

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was held for longer than it may."""
        return self.state is HoldState.HELD and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A place that somebody asks for; the same client's key asks for it once."""

    id: UUID
    client_id: str
    key: str
    zone: str
    starts_at: datetime
    capacity: int
    expires_at: datetime
    made_at: datetime

    @property
    def name(self) -> tuple[str, str]:
        """By what it is known again."""
        return self.client_id, self.key

    @property
    def is_keyed(self) -> bool:
        """Whether the client gave a key, so that it may have asked before."""
        return self.key != str(self.id)

    @property
    def place(self) -> tuple[str, datetime]:
        """The window."""
        return self.zone, self.starts_at

    @property
    def hold(self) -> Hold:
        """The hold that it becomes."""
        return Hold(
            id=self.id,
            zone=self.zone,
            starts_at=self.starts_at,
            state=HoldState.HELD,
            expires_at=self.expires_at,
        )


def full(slot: Slot) -> WindowFull:
    """Say that a window has no place left."""
    return WindowFull(f"All {slot.capacity} places of {slot.starts_at.isoformat()} are taken.")
