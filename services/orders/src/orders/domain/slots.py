"""Delivery slots: places in windows, held, booked for an order, and never sold twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, NotFound
from orders.domain.zones import WINDOW


class HoldState(StrEnum):
    """What became of a place: held for a while, booked for an order, or let go."""

    HELD = "held"
    BOOKED = "booked"
    RELEASED = "released"
    EXPIRED = "expired"


KEPT_LET_GO = timedelta(days=30)
"""How long after its window began a place that was let go is known, for whoever asks again."""

TAKES_A_PLACE = frozenset({HoldState.HELD, HoldState.BOOKED})


class WindowFull(Conflict):
    slug = "window-full"
    title = "The window is full"


class WindowBegun(Conflict):
    slug = "window-begun"
    title = "The window has begun"


class HoldNotFound(NotFound):
    slug = "slot-hold-not-found"
    title = "There is no such hold"


class HoldLetGo(Conflict):
    slug = "slot-hold-let-go"
    title = "The place was let go"


class HoldOfAnotherOrder(Conflict):
    slug = "slot-hold-of-another-order"
    title = "The place is booked for another order"


class OrderHasAPlace(Conflict):
    slug = "order-has-a-place"
    title = "The order has a place already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A window with what is taken of it.

    `capacity` is what the house offers now. Where it offers less than is taken already, what is
    taken stays: `ceiling` is the most that may be taken, and the database lets nobody pass it.
    """

    zone: str
    starts_at: datetime
    capacity: int
    held: int = 0
    booked: int = 0
    ceiling: int = 0

    @property
    def taken(self) -> int:
        """How many places are held or booked."""
        return self.held + self.booked

    @property
    def free(self) -> int:
        """How many places are left."""
        return max(0, self.capacity - self.taken)

    def counted(self, state: HoldState, by: int) -> Slot:
        """Give it with some more places, or fewer, in a state."""
        if state is HoldState.HELD:
            return replace(self, held=self.held + by)
        return replace(self, booked=self.booked + by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A place in a window; `version` counts what happened to it."""

    id: UUID
    zone: str
    starts_at: datetime
    state: HoldState
    expires_at: datetime
    order_id: UUID | None = None
    version: int = 1

    @property
    def ends_at(self) -> datetime:
        """When its window ends."""
        return self.starts_at + WINDOW

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was held for longer than it may."""
        return self.state is HoldState.HELD and self.expires_at <= now

    def check_not_begun(self, now: datetime) -> None:
        """Refuse to take a promise back once its time has come; raises `WindowBegun`."""
        if self.state is HoldState.BOOKED and self.starts_at <= now:
            mend = "What was promised stays. Hold a place in a later window for another attempt."
            raise WindowBegun(mend)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A place that somebody asks for; the same client's key asks for it once."""

    id: UUID
    client_id: str
    key: str
    request_hash: bytes
    zone: str
    starts_at: datetime
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

    def held_until(self, expires_at: datetime) -> Hold:
        """Give the hold that it becomes."""
        return Hold(
            id=self.id,
            zone=self.zone,
            starts_at=self.starts_at,
            state=HoldState.HELD,
            expires_at=expires_at,
        )


@dataclass(frozen=True, slots=True)
class KnownHold:
    """A hold with what it was asked for by; holds of an older release do not tell."""

    hold: Hold
    request_hash: bytes | None

    def answers(self, asked: NewHold) -> bool:
        """Whether this was asked for by the same request, whatever became of it since."""
        return self.request_hash in {None, asked.request_hash}


def full(slot: Slot) -> WindowFull:
    """Say that a window has no place left."""
    when = slot.starts_at.isoformat()
    return WindowFull(f"{slot.taken} of {slot.capacity} places of {when} are taken. Take another.")
