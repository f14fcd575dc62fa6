"""Interactions: every touch between a customer and the house, by whichever channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound
from customer.domain.national_numbers_told import refuse_national_numbers
from customer.domain.owners import ToldOf, Whom

_CLOCK_TOLERANCE = timedelta(minutes=5)


class InteractionChannel(StrEnum):
    """Where the customer and the house met."""

    SHOP = "shop"
    PHONE = "phone"
    E_MAIL = "e-mail"
    CHAT = "chat"
    MESSAGE = "message"
    EVENT = "event"
    APPOINTMENT = "appointment"
    WEB = "web"


class BegunBy(StrEnum):
    """Who began."""

    CUSTOMER = "customer"
    HOUSE = "house"


class InteractionUnknown(NotFound):
    slug = "interaction-unknown"
    title = "There is no such interaction"


class InteractionReferenceReused(Invalid):
    """A source's external reference names one interaction for ever."""

    slug = "interaction-reference-reused"
    title = "The source used this reference for another interaction"


class AnsweredBeforeBegun(Invalid):
    slug = "answered-before-begun"
    title = "The answer would lie before the interaction"


class InteractionAhead(Invalid):
    """What has not happened yet is an appointment."""

    slug = "interaction-ahead"
    title = "The interaction lies in the future"


class InteractionAlreadyAnswered(Conflict):
    slug = "interaction-already-answered"
    title = "The interaction has an answer of another time"


@dataclass(frozen=True, slots=True)
class Touch:
    """What a source tells of an interaction; `zone` is the one in which it told the time.

    References to orders and complaints are kept as told.
    """

    channel: InteractionChannel
    begun_by: BegunBy
    at: datetime
    zone: str
    answered_at: datetime | None = None
    store: str | None = None
    agent: str | None = None
    subject: str | None = None
    order_reference: str | None = None
    complaint_reference: str | None = None
    duration_seconds: int | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class InteractionTold:
    """An interaction as it comes; `content_hash` tells whether it came before in the same words."""

    whom: Whom
    source: str
    external_reference: str | None
    touch: Touch
    content_hash: bytes
    client_id: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """An interaction as it is kept; `customer_id` is whose it is at present."""

    id: UUID
    told: ToldOf
    customer_id: str
    source: str
    external_reference: str | None
    touch: Touch
    content_hash: bytes
    client_id: str
    actor: str | None
    version: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """How the house answered an interaction, and what came of it."""

    answered_at: datetime
    agent: str | None = None
    duration_seconds: int | None = None
    outcome: str | None = None


def check_touch(touch: Touch, *, now: datetime) -> None:
    """Refuse times that cannot be; raises `InteractionAhead` and `AnsweredBeforeBegun`."""
    for field, at in (("at", touch.at), ("answered_at", touch.answered_at)):
        if at is not None and at > now + _CLOCK_TOLERANCE:
            mend = "Send when it happened; for what is agreed, make an appointment."
            raise InteractionAhead(mend, fields=[FieldProblem(field, "lies ahead", mend)])
    if touch.answered_at is not None:
        check_answer(touch.at, touch.answered_at)


def check_texts(touch: Touch, external_reference: str | None) -> None:
    """Refuse what may not be kept; raises `NationalNumberTold`."""
    refuse_national_numbers(
        {
            "external_reference": external_reference,
            "store": touch.store,
            "agent": touch.agent,
            "subject": touch.subject,
            "order_reference": touch.order_reference,
            "complaint_reference": touch.complaint_reference,
            "outcome": touch.outcome,
        }
    )


def check_answer(at: datetime, answered_at: datetime) -> None:
    """Refuse an answer before the question; raises `AnsweredBeforeBegun`."""
    if answered_at < at:
        mend = "Send an answered_at that is not before at."
        raise AnsweredBeforeBegun(mend, fields=[FieldProblem("answered_at", "is before at", mend)])


def reference_reused() -> InteractionReferenceReused:
    """Refuse another interaction under a reference that is taken."""
    mend = "Use a new reference for a new interaction, or send the first one unchanged."
    field = FieldProblem("external_reference", "names another interaction", mend)
    return InteractionReferenceReused(mend, fields=[field])
