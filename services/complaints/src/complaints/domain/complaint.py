"""A complaint and what may happen to it: each step gives its next state and a history entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import NotFound, Unavailable
from complaints.domain.erasure import ERASED_TEXT
from complaints.domain.lifecycle import FIRST, Status, Step, after
from complaints.domain.report import Report
from complaints.domain.routing import Decision

COMPLAINTS = "complaints"
"""What field policies and purviews call them."""


class ComplaintNotFound(NotFound):
    slug = "complaint-not-found"
    title = "There is no such complaint"


class CustomerNotResolved(Unavailable):
    slug = "customer-not-resolved"
    title = "The customer service does not answer now, so nobody knows whose complaint this is"
    part = "customer"


class Resolution(StrEnum):
    """How a complaint ended."""

    EXPLANATION = "explanation"
    APOLOGY = "apology"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    GESTURE = "gesture"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AnswerKind(StrEnum):
    """What is written on a complaint: two kinds for the customer, one for the house alone."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose complaint it is, and the source record it came by, if it came by one.

    `told_customer_id` is the id that was told, where `customer_id` is its survivor by now.
    """

    customer_id: str
    source_record_id: UUID | None
    told_customer_id: str | None = None

    @property
    def told_id(self) -> str:
        """The id that was told."""
        return self.told_customer_id or self.customer_id


@dataclass(frozen=True, slots=True)
class UnresolvedClaim:
    """Somebody's complaint, but nobody could tell whose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A customer's expressed dissatisfaction as it stands; `version` counts its history."""

    id: UUID
    version: int
    status: Status
    report: Report
    customer: Customer | None
    decision: Decision | None
    resolution: Resolution | None
    received_at: datetime
    updated_at: datetime
    erased_at: datetime | None = None

    @property
    def filed_at(self) -> datetime:
        """When the customer complained: as the source told it, else when it reached us."""
        return self.report.filed_at or self.received_at

    @property
    def team(self) -> str | None:
        """Who answers it."""
        return None if self.decision is None else self.decision.team


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to a complaint, who did it, and what was written."""

    version: int
    step: Step
    status: Status
    at: datetime
    by: str | None = None
    text: str | None = None
    team: str | None = None
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A step taken: the complaint after it, and the entry its history gains."""

    complaint: Complaint
    entry: HistoryEntry


@dataclass(frozen=True, slots=True)
class ComplaintFile:
    """A complaint with the customer's words and its history, oldest first."""

    complaint: Complaint
    text: str
    history: tuple[HistoryEntry, ...]


def file(report: Report, *, complaint_id: UUID, customer: Customer | None, at: datetime) -> Change:
    """Begin a complaint's life."""
    complaint = Complaint(
        id=complaint_id,
        version=1,
        status=FIRST,
        report=report,
        customer=customer,
        decision=None,
        resolution=None,
        received_at=at,
        updated_at=at,
    )
    return Change(complaint, HistoryEntry(version=1, step=Step.FILED, status=FIRST, at=at))


def without_person(filed: Change, *, at: datetime) -> Change:
    """Give a new complaint of an erased customer: it counts, and tells nothing of anybody."""
    report = replace(filed.complaint.report, subject=ERASED_TEXT)
    return replace(filed, complaint=replace(filed.complaint, report=report, erased_at=at))


def route(complaint: Complaint, decision: Decision, *, at: datetime) -> Change:
    """Give the complaint to the team that was decided on."""
    return _take(complaint, Step.ROUTED, at=at, decision=decision)


def answer(complaint: Complaint, kind: AnswerKind, *, text: str, by: str, at: datetime) -> Change:
    """Write to the customer, or a note for the house, which changes no status."""
    return _take(complaint, _STEP_OF[kind], at=at, by=by, text=text)


def resolve(
    complaint: Complaint, resolution: Resolution, *, text: str, by: str, at: datetime
) -> Change:
    """Communicate the decision that ends the complaint."""
    return _take(complaint, Step.RESOLVED, at=at, by=by, text=text, resolution=resolution)


def reopen(complaint: Complaint, *, text: str, by: str, at: datetime) -> Change:
    """Take up a resolved complaint again; its team keeps it, its resolution no longer stands."""
    return _take(complaint, Step.REOPENED, at=at, by=by, text=text)


_STEP_OF = {
    AnswerKind.ACKNOWLEDGEMENT: Step.ACKNOWLEDGED,
    AnswerKind.ANSWER: Step.ANSWERED,
    AnswerKind.NOTE: Step.NOTED,
}


def _take(
    complaint: Complaint,
    step: Step,
    *,
    at: datetime,
    by: str | None = None,
    text: str | None = None,
    decision: Decision | None = None,
    resolution: Resolution | None = None,
) -> Change:
    status = after(complaint.status, step)
    version = complaint.version + 1
    changed = replace(
        complaint,
        version=version,
        status=status,
        decision=decision or complaint.decision,
        resolution=(resolution or complaint.resolution) if status is Status.RESOLVED else None,
        updated_at=at,
    )
    entry = HistoryEntry(
        version=version,
        step=step,
        status=status,
        at=at,
        by=by,
        text=text,
        team=None if decision is None else decision.team,
        resolution=resolution,
    )
    return Change(changed, entry)
