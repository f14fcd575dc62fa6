"""Appointments: a customer, a store, an advisor and a time; their statuses and steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound, PreconditionFailed
from customer.domain.interactions import BegunBy
from customer.domain.national_numbers_told import refuse_national_numbers
from customer.domain.owners import ToldOf

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = timedelta(hours=24)


class AppointmentStatus(StrEnum):
    """Where an appointment stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


class AppointmentStep(StrEnum):
    """What happens to an appointment."""

    CONFIRM = "confirm"
    KEEP = "keep"
    MISS = "miss"
    CANCEL = "cancel"


class AppointmentUnknown(NotFound):
    slug = "appointment-unknown"
    title = "There is no such appointment"


class StepNotAllowed(Conflict):
    slug = "appointment-step-not-allowed"
    title = "The appointment's status does not allow this step"


class AppointmentOver(Conflict):
    slug = "appointment-over"
    title = "The appointment was kept, missed or cancelled"


class AdvisorTaken(Conflict):
    """One advisor is with one customer at a time."""

    slug = "advisor-taken"
    title = "The advisor has another appointment at that time"


class AppointmentAhead(Conflict):
    """Nobody has missed, or kept, what has not begun."""

    slug = "appointment-ahead"
    title = "The appointment has not begun"


class TimesNotPossible(Invalid):
    slug = "appointment-times-not-possible"
    title = "The appointment's times cannot be"


class AppointmentChangedMeanwhile(PreconditionFailed):
    slug = "appointment-changed"
    title = "The appointment changed since it was read"


FIRST = AppointmentStatus.PROPOSED
TRANSITIONS: Mapping[tuple[AppointmentStatus, AppointmentStep], AppointmentStatus] = (
    MappingProxyType(
        {
            (AppointmentStatus.PROPOSED, AppointmentStep.CONFIRM): AppointmentStatus.CONFIRMED,
            (AppointmentStatus.PROPOSED, AppointmentStep.CANCEL): AppointmentStatus.CANCELLED,
            (AppointmentStatus.CONFIRMED, AppointmentStep.KEEP): AppointmentStatus.KEPT,
            (AppointmentStatus.CONFIRMED, AppointmentStep.MISS): AppointmentStatus.MISSED,
            (AppointmentStatus.CONFIRMED, AppointmentStep.CANCEL): AppointmentStatus.CANCELLED,
        }
    )
)
"""Every step that is allowed; kept, missed and cancelled are the end."""

OPEN = frozenset(status for status, _ in TRANSITIONS)
TAKES_THE_ADVISOR = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.KEPT,
)
"""In these the advisor has no time for anybody else; who was missed had nobody there."""

_MUST_HAVE_BEGUN = frozenset({AppointmentStep.KEEP, AppointmentStep.MISS})
_EARLY = timedelta(hours=1)
"""Customers who come before their time are welcome."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where, with whom and when; `zone` is the one in which the times were told."""

    store: str
    advisor: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    subject: str | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment as it is kept; `customer_id` is whose it is at present."""

    id: UUID
    told: ToldOf
    customer_id: str
    plan: Plan
    begun_by: BegunBy
    source: str
    status: AppointmentStatus
    version: int
    client_id: str
    actor: str | None
    created_at: datetime
    updated_at: datetime


def after(status: AppointmentStatus, step: AppointmentStep) -> AppointmentStatus:
    """Give the status that follows; raises `StepNotAllowed`."""
    following = TRANSITIONS.get((status, step))
    if following is None:
        allowed = [one.value for known, one in TRANSITIONS if known is status]
        mend = f"Allowed are: {', '.join(allowed)}." if allowed else "It is over."
        message = f"Its status is {status.value}. {mend}"
        raise StepNotAllowed(message, fields=[FieldProblem("step", "is not allowed now", mend)])
    return following


def check_begun(plan: Plan, step: AppointmentStep, *, now: datetime) -> None:
    """Refuse to say how an appointment went before it was; raises `AppointmentAhead`."""
    earliest = plan.starts_at - (_EARLY if step is AppointmentStep.KEEP else timedelta(0))
    if step in _MUST_HAVE_BEGUN and now < earliest:
        message = "Wait until it has begun, or cancel it."
        raise AppointmentAhead(message)


def check_plan(plan: Plan) -> None:
    """Refuse times that cannot be; raises `TimesNotPossible`."""
    if not timedelta(0) < plan.ends_at - plan.starts_at <= LONGEST:
        mend = "Send an end after the beginning, within 24 hours of it."
        raise TimesNotPossible(mend, fields=[FieldProblem("ends_at", "cannot be", mend)])


def check_texts(plan: Plan, source: str | None = None) -> None:
    """Refuse what may not be kept; raises `NationalNumberTold`."""
    refuse_national_numbers(
        {
            "store": plan.store,
            "advisor": plan.advisor,
            "subject": plan.subject,
            "source": source,
        }
    )


def check_open(appointment: Appointment, expected: int | None) -> None:
    """Refuse to plan anew what is over, or what changed meanwhile.

    Raises `AppointmentOver` and `AppointmentChangedMeanwhile`.
    """
    if expected is not None and expected != appointment.version:
        message = f"It is at version {appointment.version}. Read it again, and send its new ETag."
        raise AppointmentChangedMeanwhile(message)
    if appointment.status not in OPEN:
        message = f"Its status is {appointment.status.value}. Make another appointment."
        raise AppointmentOver(message)


def advisor_taken() -> AdvisorTaken:
    """Refuse to book an advisor twice; with whom the other appointment is, is not told."""
    mend = "Choose another time or advisor."
    return AdvisorTaken(mend, fields=[FieldProblem("advisor", "is taken at that time", mend)])
