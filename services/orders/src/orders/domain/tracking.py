"""A parcel's story: a fold over its tracking events that no order of arrival can change.

The state is a join of semilattice values: each part is the greatest of its kind, so joining is
commutative, associative and idempotent, and events may come late, twice or shuffled.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Conflict, NotFound
from orders.domain.times import ZoneSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orders.domain.incidents import IncidentReason


class Tracking(StrEnum):
    """What carriers' words come to, from the least to the most telling."""

    UNKNOWN = "unknown"
    PRE_TRANSIT = "pre_transit"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    ON_HOLD = "on_hold"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    RETURN_TO_SENDER = "return_to_sender"
    DELIVERED = "delivered"
    LOST_OR_DAMAGED = "lost_or_damaged"
    RETURNED = "returned"


RANK = {status: rank for rank, status in enumerate(Tracking)}
"""Which of two events at the same moment counts: the one further along."""

TERMINAL = frozenset({Tracking.DELIVERED, Tracking.LOST_OR_DAMAGED, Tracking.RETURNED})
"""States that a later event of another kind never takes back."""

NOT_COMING = TERMINAL | {Tracking.RETURN_TO_SENDER}
"""States in which nobody waits for its arrival any more."""

INCIDENTS = frozenset(
    {
        Tracking.ON_HOLD,
        Tracking.ATTEMPT_FAILED,
        Tracking.RETURN_TO_SENDER,
        Tracking.LOST_OR_DAMAGED,
    }
)
"""States in which somebody should look."""

PUBLIC_PLACES = frozenset(
    {
        Tracking.PICKED_UP,
        Tracking.IN_TRANSIT,
        Tracking.CUSTOMS,
        Tracking.ON_HOLD,
        Tracking.OUT_FOR_DELIVERY,
        Tracking.AVAILABLE_FOR_PICKUP,
    }
)
"""Events whose place is a carrier's; that of any other may be somebody's door."""

DISPUTED = "delivery_disputed"


class ParcelNotFound(NotFound):
    slug = "parcel-not-found"
    title = "There is no such parcel"


class ParcelAlreadyRegistered(Conflict):
    slug = "parcel-already-registered"
    title = "The order has a parcel with that carrier and number already"


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """One event, as told: `occurred_told` is the carrier's text, `code` its own word.

    One that `is_ahead` of its receipt is kept with its wrong time, and decides nothing.
    """

    parcel_id: UUID
    occurred_at: datetime
    occurred_told: str
    zone_source: ZoneSource
    status: Tracking
    code: str | None
    location: str | None
    description: str | None
    reason: IncidentReason | None = None
    is_ahead: bool = False

    @property
    def dedupe_key(self) -> bytes:
        """Know an event again by all that decides, and never by its text, which is translated.

        The status is in it beside the carrier's code: where a code was once read in another way,
        both readings are kept, and the fold does not depend on which came first. Told again once
        its time has come, an event that was ahead is another one, and counts.
        """
        parts = (
            self.parcel_id.hex,
            self.occurred_at.isoformat(),
            self.code or "",
            self.status,
            self.location or "",
            *(["ahead"] if self.is_ahead else []),
        )
        return hashlib.sha256("\0".join(parts).encode()).digest()


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """What of an event decides: later beats earlier, at the same moment the higher rank."""

    at: datetime
    rank: int
    status: Tracking


@dataclass(frozen=True, slots=True)
class Story:
    """A parcel's latest terminal event, latest other one, latest of no known meaning."""

    terminal: Moment | None = None
    other: Moment | None = None
    unmapped: Moment | None = None

    @property
    def status(self) -> Tracking:
        """The latest terminal state, else the latest known one; a new parcel is in pre-transit."""
        moment = self._deciding
        return Tracking.PRE_TRANSIT if moment is None else moment.status

    @property
    def status_at(self) -> datetime | None:
        """When that happened; None for a parcel without an event."""
        return None if self._deciding is None else self._deciding.at

    @property
    def is_disputed(self) -> bool:
        """Whether a parcel said to be delivered was seen on its way afterwards."""
        return (
            self.terminal is not None
            and self.terminal.status is Tracking.DELIVERED
            and self.other is not None
            and self.other.at > self.terminal.at
        )

    @property
    def incident(self) -> str | None:
        """Why somebody should look, or None."""
        return incident_of(self.status, is_disputed=self.is_disputed)

    @property
    def _deciding(self) -> Moment | None:
        return self.terminal or self.other or self.unmapped


def incident_of(status: Tracking, *, is_disputed: bool) -> str | None:
    """Say why somebody should look after a parcel: its status, a disputed delivery, or None."""
    if is_disputed:
        return DISPUTED
    return status.value if status in INCIDENTS else None


def story_of(event: TrackingEvent) -> Story:
    """Give the story that one event tells by itself."""
    if event.is_ahead:
        return Story()
    moment = Moment(event.occurred_at, RANK[event.status], event.status)
    if event.status in TERMINAL:
        return Story(terminal=moment)
    if event.status is Tracking.UNKNOWN:
        return Story(unmapped=moment)
    return Story(other=moment)


def join(one: Story, other: Story) -> Story:
    """Put two stories of the same parcel together."""
    return Story(
        terminal=_latest(one.terminal, other.terminal),
        other=_latest(one.other, other.other),
        unmapped=_latest(one.unmapped, other.unmapped),
    )


def fold(events: Iterable[TrackingEvent]) -> Story:
    """Tell the story of a parcel from all its events, in whatever order they came."""
    return reduce(join, map(story_of, events), Story())


def _latest(one: Moment | None, other: Moment | None) -> Moment | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
