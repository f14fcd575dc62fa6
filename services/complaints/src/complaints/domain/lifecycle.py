"""The life of a complaint after ISO 10002: its statuses, and which step may follow which."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from chassis.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping


class Status(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    ROUTED = "routed"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Step(StrEnum):
    """What has happened to a complaint: the kinds of entry its history has."""

    FILED = "filed"
    ROUTED = "routed"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    NOTED = "noted"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class ComplaintAlreadyFiled(Conflict):
    slug = "complaint-already-filed"
    title = "The complaint has already been filed"


class ComplaintNotYetRouted(Conflict):
    slug = "complaint-not-yet-routed"
    title = "The complaint has no team yet"


class ComplaintAlreadyRouted(Conflict):
    slug = "complaint-already-routed"
    title = "The complaint has already been routed to a team"


class ComplaintAlreadyAcknowledged(Conflict):
    slug = "complaint-already-acknowledged"
    title = "The complaint has already been acknowledged or answered"


class ComplaintAlreadyResolved(Conflict):
    slug = "complaint-already-resolved"
    title = "The complaint has already been resolved"


class ComplaintNotResolved(Conflict):
    slug = "complaint-not-resolved"
    title = "The complaint is not resolved"


FIRST = Status.RECEIVED
"""The status of a complaint that has just been filed."""

TRANSITIONS: Mapping[tuple[Status, Step], Status] = MappingProxyType(
    {
        (Status.RECEIVED, Step.ROUTED): Status.ROUTED,
        (Status.ROUTED, Step.ACKNOWLEDGED): Status.ACKNOWLEDGED,
        (Status.ROUTED, Step.ANSWERED): Status.ANSWERED,
        (Status.ROUTED, Step.RESOLVED): Status.RESOLVED,
        (Status.ACKNOWLEDGED, Step.ANSWERED): Status.ANSWERED,
        (Status.ACKNOWLEDGED, Step.RESOLVED): Status.RESOLVED,
        (Status.ANSWERED, Step.ANSWERED): Status.ANSWERED,
        (Status.ANSWERED, Step.RESOLVED): Status.RESOLVED,
        (Status.RESOLVED, Step.REOPENED): Status.REOPENED,
        (Status.REOPENED, Step.ACKNOWLEDGED): Status.ACKNOWLEDGED,
        (Status.REOPENED, Step.ANSWERED): Status.ANSWERED,
        (Status.REOPENED, Step.RESOLVED): Status.RESOLVED,
    }
    | {(status, Step.NOTED): status for status in Status}
)
"""Every legal step; the team may write an internal note at any time, which moves nothing."""


def after(status: Status, step: Step) -> Status:
    """Give the status that follows; raises a `Conflict` that names why the step is illegal."""
    following = TRANSITIONS.get((status, step))
    if following is None:
        raise _refusal(status, step)(f"Its status is {status.value}.{_MEND.get(status, '')}")
    return following


_MEND: Mapping[Status, str] = MappingProxyType(
    {
        Status.RECEIVED: " Wait until it is routed.",
        Status.RESOLVED: " Reopen it first, or write an internal note.",
    }
)


def _refusal(status: Status, step: Step) -> type[Conflict]:
    if step is Step.FILED:
        return ComplaintAlreadyFiled
    if step is Step.REOPENED:
        return ComplaintNotResolved
    if status is Status.RECEIVED:
        return ComplaintNotYetRouted
    if status is Status.RESOLVED:
        return ComplaintAlreadyResolved
    if step is Step.ROUTED:
        return ComplaintAlreadyRouted
    return ComplaintAlreadyAcknowledged
