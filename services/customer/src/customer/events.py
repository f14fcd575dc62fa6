"""The facts this service publishes, and the ids that stand in them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from chassis.events import Event
from chassis.global_ids import GlobalId
from chassis.ids import IdType
from customer.domain.guard import Contradiction
from customer.domain.identifiers import IdentifierKind

SOURCE_RECORD = IdType("src")
JUDGEMENT = IdType("jdg")

SourceRecordId = Annotated[UUID, SOURCE_RECORD.schema]
JudgementId = Annotated[UUID, JUDGEMENT.schema]

_CUSTOMER_ID = "7K3M-92QX-F4TF"
_RETIRED_ID = "DD1R-ZH9P-17K5"
_SOURCE_RECORD_ID = "src_01jzq3v5c8e7m9r2t4w6y8a0bg"
_JUDGEMENT_ID = "jdg_01jzq3v5c8e7m9r2t4w6y8a0bh"


class CustomerCreated(Event):
    """Somebody came whom no channel had met; the key is the new global customer id."""

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "customer.created.v1"
    example: ClassVar[dict[str, Any]] = {
        "customer_id": _CUSTOMER_ID,
        "source_record_id": _SOURCE_RECORD_ID,
        "brand": "house",
        "home_region": "house",
        "channel": "shop",
        "created_at": "2026-03-01T10:15:00Z",
    }

    customer_id: GlobalId
    source_record_id: SourceRecordId
    brand: str
    home_region: str
    channel: str
    created_at: AwareDatetime


class CustomerUpdated(Event):
    """A source record joined a customer, or says something new; the key is the customer's id."""

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "customer.updated.v1"
    example: ClassVar[dict[str, Any]] = {
        "customer_id": _CUSTOMER_ID,
        "source_record_id": _SOURCE_RECORD_ID,
        "updated_at": "2026-03-01T10:15:00Z",
    }

    customer_id: GlobalId
    source_record_id: SourceRecordId
    updated_at: AwareDatetime


class CustomerMerged(Event):
    """Two customers prove to be one; the key is the retired id, which answers for ever.

    `source_record_ids` are the records that the retired customer had.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "customer.merged.v1"
    example: ClassVar[dict[str, Any]] = {
        "survivor_id": _CUSTOMER_ID,
        "retired_id": _RETIRED_ID,
        "source_record_ids": [_SOURCE_RECORD_ID],
        "merged_at": "2026-03-01T10:15:00Z",
    }

    survivor_id: GlobalId
    retired_id: GlobalId
    source_record_ids: list[SourceRecordId]
    merged_at: AwareDatetime


class MatchReviewRequested(Event):
    """Two customers may be one, and a person must decide; the key is the judgement's id.

    The source record shares identifiers with `other_source_record_id`, but something contradicts.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "match.review-requested.v1"
    example: ClassVar[dict[str, Any]] = {
        "judgement_id": _JUDGEMENT_ID,
        "customer_id": _CUSTOMER_ID,
        "source_record_id": _SOURCE_RECORD_ID,
        "other_customer_id": _RETIRED_ID,
        "other_source_record_id": "src_01jzq3v5c8e7m9r2t4w6y8a0bj",
        "shared": ["phone"],
        "contradictions": ["given-name"],
        "requested_at": "2026-03-01T10:15:00Z",
    }

    judgement_id: JudgementId
    customer_id: GlobalId
    source_record_id: SourceRecordId
    other_customer_id: GlobalId
    other_source_record_id: SourceRecordId
    shared: list[IdentifierKind]
    contradictions: list[Contradiction]
    requested_at: AwareDatetime


PUBLISHED: tuple[type[Event], ...] = (
    CustomerCreated,
    CustomerUpdated,
    CustomerMerged,
    MatchReviewRequested,
)
