"""What the house tells a customer of an order: which facts, in whose language, how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import Invalid, NotFound
from orders.domain.tracking import Tracking

_NAMESPACE = UUID("9d0b6c2e-5a51-4f0c-8d0e-2f9f2b6f3a11")


class MessageKind(StrEnum):
    """The facts that a customer hears of; they are transactional, and need no consent."""

    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out-for-delivery"
    DELIVERED = "delivered"
    INCIDENT = "incident"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class MessageState(StrEnum):
    """What became of a message: it waits, was sent, or never will be.

    `refused` was refused for good by a mail server, `expired` was old news before it could be
    sent, `overtaken` is true no more, `no-address` had nobody to go to.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    OVERTAKEN = "overtaken"
    NO_ADDRESS = "no-address"
    ERASED = "erased"


NEWS_FOR: dict[MessageKind, timedelta] = {
    MessageKind.CONFIRMED: timedelta(days=3),
    MessageKind.SHIPPED: timedelta(days=5),
    MessageKind.OUT_FOR_DELIVERY: timedelta(hours=14),
    MessageKind.DELIVERED: timedelta(days=3),
    MessageKind.INCIDENT: timedelta(days=3),
    MessageKind.CANCELLED: timedelta(days=5),
    MessageKind.REFUNDED: timedelta(days=14),
}
"""How long after the fact a message is worth sending: imported orders of old tell nobody."""

OF_STATUS: dict[Tracking, MessageKind] = {
    Tracking.OUT_FOR_DELIVERY: MessageKind.OUT_FOR_DELIVERY,
    Tracking.DELIVERED: MessageKind.DELIVERED,
    Tracking.ATTEMPT_FAILED: MessageKind.INCIDENT,
    Tracking.ON_HOLD: MessageKind.INCIDENT,
    Tracking.RETURN_TO_SENDER: MessageKind.INCIDENT,
    Tracking.LOST_OR_DAMAGED: MessageKind.INCIDENT,
}
"""What a parcel's new status is told as; a disputed delivery the house looks into first."""

LANGUAGES = ("en", "fr", "ja")
"""The languages that the house's own templates are in."""

HISTORY = timedelta(days=3)
"""An order that is told so long after it was placed comes from history, and tells nobody."""

_FIRST_WAIT = timedelta(seconds=20)
_LONGEST_WAIT = timedelta(hours=1)


class TemplateInvalid(Invalid):
    slug = "template-invalid"
    title = "The template cannot be used"


class TemplateUnknown(NotFound):
    slug = "template-unknown"
    title = "There is no such template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A fact that a customer is to hear of, once: `about_id` and the kind make it known again.

    `facts` are what the order itself does not say, without anything personal.
    """

    kind: MessageKind
    about_id: UUID
    order_id: UUID
    happened_at: datetime
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message as it is sent, in one language, by a version of a template (0 is the house's)."""

    language: str
    template_version: int
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What messages of a kind are made from; version 0 comes with the service.

    `brand` is empty where it is for all of the house's brands.
    """

    kind: MessageKind
    language: str
    brand: str
    version: int
    subject: str
    text: str
    html: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message and what became of it; it is empty once its customer is erased."""

    id: UUID
    kind: MessageKind
    about_id: UUID
    order_id: UUID
    happened_at: datetime
    state: MessageState
    tries: int
    facts: dict[str, Any]
    problem: str | None = None
    sent_at: datetime | None = None
    recipient: str | None = None
    language: str | None = None
    template_version: int | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None

    @property
    def written(self) -> Written | None:
        """What was written down to be sent; None before that, and once it is erased."""
        if self.language is None or self.template_version is None:
            return None
        if self.subject is None or self.text is None or self.html is None:
            return None
        return Written(
            language=self.language,
            template_version=self.template_version,
            subject=self.subject,
            text=self.text,
            html=self.html,
        )

    def is_old_news(self, now: datetime) -> bool:
        """Tell whether nobody would want to hear of it any more."""
        return now - self.happened_at > NEWS_FOR[self.kind]


def about(*parts: object) -> UUID:
    """Name what has no id of its own, always the same."""
    return uuid5(_NAMESPACE, "\0".join(map(str, parts)))


def confirmed_note(order_id: UUID, *, at: datetime) -> Note:
    """Give what the customer hears of the house's word to carry the order out."""
    return Note(kind=MessageKind.CONFIRMED, about_id=order_id, order_id=order_id, happened_at=at)


def parcel_note(
    *, parcel_id: UUID, order_id: UUID, status: Tracking, happened_at: datetime
) -> Note | None:
    """Give what the customer hears of a parcel's new status, or None; each status once."""
    kind = OF_STATUS.get(status)
    if kind is None:
        return None
    return Note(
        kind=kind,
        about_id=about(parcel_id, status),
        order_id=order_id,
        happened_at=happened_at,
        facts={"parcel_id": str(parcel_id), "status": status.value},
    )


def next_try_after(tries: int) -> timedelta:
    """Give how long to wait after so many tries: twice as long each time, an hour at the most."""
    return min(_FIRST_WAIT * 2 ** min(tries - 1, 10), _LONGEST_WAIT)


def languages_for(asked: str | None, *, default: str) -> list[str]:
    """Give the languages to look for: `fr-ca`, then `fr`, then the house's (RFC 4647 §3.4)."""
    found: list[str] = []
    for told in (asked or "", default, "en"):
        tag = told.lower()
        while tag:
            found.append(tag)
            tag = tag.rpartition("-")[0]
    return list(dict.fromkeys(found))
