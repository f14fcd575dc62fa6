"""Match candidates: who may be one, or may be two, from the first doubt to a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from customer.domain.judgements import Judge
from customer.domain.stewards import Steward

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from customer.domain.rulings import Ruling


class Status(StrEnum):
    """Where a match candidate stands; `settled` is what other evidence or decisions ended."""

    OPEN = "open"
    SKIPPED = "skipped"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"


class Step(StrEnum):
    """What happened to a match candidate."""

    OPENED = "opened"
    TOLD_MORE = "told-more"
    CLAIMED = "claimed"
    RELEASED = "released"
    SKIPPED = "skipped"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDONE = "undone"
    FOLLOWED = "followed"
    SETTLED = "settled"


LIVE = frozenset({Status.OPEN, Status.SKIPPED})
"""What can still be decided; of a pair of customers there is one such candidate at most."""

TRANSITIONS: dict[Status, dict[Step, Status]] = {
    Status.OPEN: {
        Step.TOLD_MORE: Status.OPEN,
        Step.SKIPPED: Status.SKIPPED,
        Step.ACCEPTED: Status.ACCEPTED,
        Step.REJECTED: Status.REJECTED,
        Step.SETTLED: Status.SETTLED,
    },
    Status.SKIPPED: {
        Step.TOLD_MORE: Status.OPEN,
        Step.UNDONE: Status.OPEN,
        Step.SKIPPED: Status.SKIPPED,
        Step.ACCEPTED: Status.ACCEPTED,
        Step.REJECTED: Status.REJECTED,
        Step.SETTLED: Status.SETTLED,
    },
    Status.ACCEPTED: {Step.UNDONE: Status.OPEN},
    Status.REJECTED: {Step.UNDONE: Status.OPEN},
    Status.SETTLED: {},
}


class MatchCandidateUnknown(NotFound):
    """There is no match candidate of this id."""

    slug = "match-candidate-unknown"
    title = "There is no such match candidate"


class MatchCandidateClaimed(Conflict):
    """Another steward has the candidate now."""

    slug = "match-candidate-claimed"
    title = "Another steward has claimed the match candidate"


class MatchCandidateDecided(Conflict):
    """The candidate was decided, or settled itself."""

    slug = "match-candidate-decided"
    title = "The match candidate is not open any more"


class SplitByRecords(Conflict):
    """Who are two people can be split, but a person must say which records go."""

    slug = "split-by-records"
    title = "The customer is split by naming source records"


class MatchCandidateChanged(PreconditionFailed):
    """The candidate changed since it was read."""

    slug = "match-candidate-changed"
    title = "The match candidate changed since it was read"


class NothingToUndo(Conflict):
    """The candidate carries no decision of a person."""

    slug = "nothing-to-undo"
    title = "There is no decision to undo"


class DecisionOfAnother(Forbidden):
    """Only who decided takes it back; others decide anew with merge and unmerge."""

    slug = "decision-of-another"
    title = "Another steward made the decision"


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """Two customers who may be one; the left id is the smaller, so that a pair has one form.

    Where both ids are the same, it is one customer who may be two: a relink would split it, which
    no machine does.
    `value` is what is at stake: the number of source records of both customers, plus the best
    weight in whole bits that a model gave for one person. `weight` is None while only rules spoke.
    """

    id: UUID
    left_customer_id: str
    right_customer_id: str
    status: Status
    value: int
    weight: float | None
    judges: tuple[Judge, ...]
    brands: tuple[str, ...]
    countries: tuple[str, ...]
    version: int
    opened_at: datetime
    updated_at: datetime
    claimed_by: Steward | None = None
    claimed_until: datetime | None = None
    decided_by: Steward | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    ruling_id: UUID | None = None

    @property
    def is_of_one(self) -> bool:
        """Tell whether it is asked if one customer is two people."""
        return self.left_customer_id == self.right_customer_id

    @property
    def customer_ids(self) -> tuple[str, ...]:
        """Name the customers, two or one."""
        return (self.left_customer_id, self.right_customer_id)[: 1 if self.is_of_one else 2]

    def holder(self, now: datetime) -> Steward | None:
        """Give who has claimed the candidate and still has it."""
        if self.claimed_until is None or self.claimed_until <= now:
            return None
        return self.claimed_by


@dataclass(frozen=True, slots=True)
class Happening:
    """One step of a match candidate: what, by whom and why."""

    step: Step
    by: Steward | None
    reason: str | None


def claim(
    candidate: MatchCandidate, steward: Steward, *, lasting: timedelta, now: datetime
) -> MatchCandidate:
    """Give the candidate to a steward for a while; claimed again it lasts longer."""
    _refuse_unless_live(candidate)
    _refuse_if_claimed(candidate, steward, now)
    return replace(_next(candidate, now), claimed_by=steward, claimed_until=now + lasting)


def release(candidate: MatchCandidate, steward: Steward, *, now: datetime) -> MatchCandidate:
    """Let others have the candidate."""
    _refuse_if_claimed(candidate, steward, now)
    return _next(candidate, now)


def decide(
    candidate: MatchCandidate,
    step: Step,
    steward: Steward,
    *,
    reason: str | None,
    now: datetime,
    ruling_id: UUID | None = None,
) -> MatchCandidate:
    """Accept, reject or skip; raises `MatchCandidateDecided` and `MatchCandidateClaimed`."""
    _refuse_unless_live(candidate)
    _refuse_if_claimed(candidate, steward, now)
    return replace(
        _next(candidate, now),
        status=TRANSITIONS[candidate.status][step],
        decided_by=steward,
        decided_at=now,
        reason=reason,
        ruling_id=ruling_id,
    )


def refuse_unless_split(rulings: Collection[Ruling]) -> None:
    """Refuse to reject a doubt about one customer when no parts were proposed, or none is left.

    Raises `SplitByRecords`.
    """
    if not rulings:
        message = (
            "Unmerge an id from the customer, or split its source records: the candidate then "
            "settles itself."
        )
        raise SplitByRecords(message)


def undo(candidate: MatchCandidate, steward: Steward, *, now: datetime) -> MatchCandidate:
    """Open the candidate again; raises `NothingToUndo` and `DecisionOfAnother`."""
    if Step.UNDONE not in TRANSITIONS[candidate.status]:
        message = f"The match candidate is {candidate.status}. Read it again."
        raise NothingToUndo(message)
    if candidate.decided_by != steward:
        message = "Ask who decided to take it back, or merge or unmerge the customers yourself."
        raise DecisionOfAnother(message)
    return replace(
        _next(candidate, now),
        status=Status.OPEN,
        decided_by=None,
        decided_at=None,
        reason=None,
        ruling_id=None,
    )


def check_version(candidate: MatchCandidate, *, expected: int | None) -> None:
    """Refuse a decision made from an older view; raises `MatchCandidateChanged`."""
    if expected is not None and expected != candidate.version:
        message = (
            f"The match candidate is at version {candidate.version}. "
            "Read it again, then send its new ETag."
        )
        raise MatchCandidateChanged(message)


def _next(candidate: MatchCandidate, now: datetime) -> MatchCandidate:
    return replace(
        candidate,
        version=candidate.version + 1,
        updated_at=now,
        claimed_by=None,
        claimed_until=None,
    )


def _refuse_unless_live(candidate: MatchCandidate) -> None:
    if candidate.status in LIVE:
        return
    by = "" if candidate.decided_by is None else f" by {candidate.decided_by.shown}"
    message = f"The match candidate was {candidate.status}{by}. Read it again."
    raise MatchCandidateDecided(message)


def _refuse_if_claimed(candidate: MatchCandidate, steward: Steward, now: datetime) -> None:
    holder = candidate.holder(now)
    if holder is None or holder == steward or candidate.claimed_until is None:
        return
    until = candidate.claimed_until.isoformat(timespec="seconds")
    message = f"{holder.shown} has it until {until}. Take another, or wait until it is released."
    raise MatchCandidateClaimed(message)
