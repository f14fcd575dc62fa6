"""Erasure (GDPR art. 17): a tracked job, from the request until every part has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Conflict, Gone, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from customer.domain.official_ids import Sealer


class ErasureReason(StrEnum):
    """On what ground the data must go (GDPR art. 17 (1), or the house's own rules)."""

    ART_17_REQUEST = "art-17-request"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    OBJECTION = "objection"
    NO_LONGER_NEEDED = "no-longer-needed"
    UNLAWFUL_PROCESSING = "unlawful-processing"
    LEGAL_OBLIGATION = "legal-obligation"
    CHILD = "child"


class ErasureStatus(StrEnum):
    """Where an erasure stands."""

    REQUESTED = "requested"
    ERASING = "erasing"
    WAITING = "waiting"
    LATE = "late"
    COMPLETE = "complete"


TRANSITIONS: Mapping[ErasureStatus, frozenset[ErasureStatus]] = {
    ErasureStatus.REQUESTED: frozenset({ErasureStatus.ERASING}),
    ErasureStatus.ERASING: frozenset({ErasureStatus.WAITING, ErasureStatus.COMPLETE}),
    ErasureStatus.WAITING: frozenset({ErasureStatus.LATE, ErasureStatus.COMPLETE}),
    ErasureStatus.LATE: frozenset({ErasureStatus.COMPLETE}),
    ErasureStatus.COMPLETE: frozenset(),
}
"""An erasure that was begun and cut off is erasing until it is begun again and ends."""

UNFINISHED = (ErasureStatus.REQUESTED, ErasureStatus.ERASING)
OPEN = (ErasureStatus.WAITING, ErasureStatus.LATE)


class ErasurePart(StrEnum):
    """A part of the suite that holds something of a customer."""

    CUSTOMER = "customer"
    ORDERS = "orders"
    COMPLAINTS = "complaints"
    SEGMENTATION = "segmentation"


ASKED = (ErasurePart.ORDERS, ErasurePart.COMPLAINTS, ErasurePart.SEGMENTATION)
"""The parts that hear of an erasure by its event and answer with one of their own."""


class CustomerGone(Gone):
    """The customer was erased; nobody is told who that was."""

    slug = "customer-erased"
    title = "The customer was erased"


class RecordGone(Gone):
    """The source tells again a record whose customer was erased."""

    slug = "customer-erased"
    title = "The customer of this source record was erased"


class ErasureUnknown(NotFound):
    """No erasure has this id."""

    slug = "erasure-unknown"
    title = "No erasure has this id"


class ErasureNotComplete(Conflict):
    """There is no receipt before every part has answered."""

    slug = "erasure-not-complete"
    title = "The erasure is not complete"


class IllegalErasureStep(Exception):
    """A step that no erasure may take; a fault of ours."""


@dataclass(frozen=True, slots=True)
class ErasureRules:
    """What the house set: the secret for hashes, and how long a part may take to answer."""

    sealer: Sealer
    late_after: timedelta


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """Who asks for whose erasure and why; `requested_by` and `reference` are opaque ids."""

    customer_id: str
    reason: ErasureReason
    requested_at: datetime
    requested_by: str
    reference: str | None
    client_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ErasureReceived:
    """That an erasure was requested, or had been: one customer is erased by one job."""

    erasure_id: UUID
    customer_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What a part keeps after an erasure, by which rule, and until when; None is for ever."""

    what: str
    count: int
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What one part erased and kept; a part that has not answered has no `answered_at`."""

    part: ErasurePart
    erased: Mapping[str, int]
    kept: tuple[Kept, ...]
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure as it is kept; `same_as` names the one that had erased the customer already."""

    id: UUID
    request: ErasureRequest
    retired_ids: tuple[str, ...]
    source_record_ids: tuple[UUID, ...]
    status: ErasureStatus
    version: int
    begun_at: datetime | None = None
    erased_at: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    same_as: UUID | None = None
    receipt_hash: bytes | None = None
    parts: tuple[PartAnswer, ...] = ()


def next_status(present: ErasureStatus, wanted: ErasureStatus) -> ErasureStatus:
    """Take a step; raises `IllegalErasureStep`. Beginning again what was cut off is no step."""
    if wanted not in TRANSITIONS[present] and not wanted == present == ErasureStatus.ERASING:
        raise IllegalErasureStep(f"{present} to {wanted}")
    return wanted


def all_answered(parts: Iterable[PartAnswer]) -> bool:
    """Tell whether every part has said what it erased."""
    answered = {part.part for part in parts if part.answered_at is not None}
    return answered >= {ErasurePart.CUSTOMER, *ASKED}


def customer_gone(erased_at: datetime) -> CustomerGone:
    """Say when a customer was erased, and never who it was."""
    return CustomerGone(
        f"This customer was erased on {erased_at:%Y-%m-%d at %H:%M} UTC. "
        "Remove the id from your records; a person who comes back gets a new one."
    )


def record_gone(erased_at: datetime) -> RecordGone:
    """Say when a record was erased, and how the same person may come back under its id."""
    return RecordGone(
        f"This record was erased on {erased_at:%Y-%m-%d at %H:%M} UTC. Delete your copy; if the "
        "person came back since, send the record with `after_erasure` set to true."
    )
