"""The facts this service publishes, and the ids that stand in them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, StrictBool, StrictFloat, StrictInt

from chassis.events import Event
from chassis.global_ids import GlobalId
from chassis.ids import IdType
from customer.domain.attribute_definitions import AttributeType
from customer.domain.consents import ConsentChannel, Decision
from customer.domain.guard import Contradiction
from customer.domain.identifiers import IdentifierKind
from customer.domain.interactions import BegunBy, InteractionChannel

SOURCE_RECORD = IdType("src")
JUDGEMENT = IdType("jdg")
MATCH_CANDIDATE = IdType("mch")
ERASURE = IdType("ers")
CONSENT = IdType("cns")
ATTRIBUTE_VALUE = IdType("atv")
INTERACTION = IdType("int")

ConsentId = Annotated[UUID, CONSENT.schema]
SourceRecordId = Annotated[UUID, SOURCE_RECORD.schema]
JudgementId = Annotated[UUID, JUDGEMENT.schema]
MatchCandidateId = Annotated[UUID, MATCH_CANDIDATE.schema]
ErasureId = Annotated[UUID, ERASURE.schema]
AttributeValueId = Annotated[UUID, ATTRIBUTE_VALUE.schema]
InteractionId = Annotated[UUID, INTERACTION.schema]
AttributeValue = StrictBool | StrictInt | StrictFloat | str | list[str] | dict[str, Any]

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


class CustomerUnmerged(Event):
    """A person takes records out of a customer again; the key is the id they are under now.

    `customer_id` keeps the other records. `restored_id` was retired, or is new when the records
    never were a customer of their own; `retired_ids` are older ids that lead to it again. The
    records of `source_record_ids`, and what hangs on them, follow it.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "customer.unmerged.v1"
    example: ClassVar[dict[str, Any]] = {
        "customer_id": _CUSTOMER_ID,
        "restored_id": _RETIRED_ID,
        "retired_ids": ["YAKM-S9ED-D1RT"],
        "source_record_ids": [_SOURCE_RECORD_ID],
        "unmerged_at": "2026-03-02T09:00:00Z",
    }

    customer_id: GlobalId
    restored_id: GlobalId
    retired_ids: list[GlobalId]
    source_record_ids: list[SourceRecordId]
    unmerged_at: AwareDatetime


class MatchReviewRequested(Event):
    """Two customers may be one, and a person must decide; the key is the judgement's id.

    The source record shares identifiers with `other_source_record_id`, but something contradicts;
    or the two are alike by `weight_bits`, which is enough for doubt and too little to join them.
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
        "weight_bits": None,
        "requested_at": "2026-03-01T10:15:00Z",
    }

    judgement_id: JudgementId
    customer_id: GlobalId
    source_record_id: SourceRecordId
    other_customer_id: GlobalId
    other_source_record_id: SourceRecordId
    shared: list[IdentifierKind]
    contradictions: list[Contradiction]
    weight_bits: float | None = None
    requested_at: AwareDatetime


class CustomerErased(Event):
    """A customer was erased here, every part erases what it holds; the key is the customer's id.

    `retired_ids` are all ids that led to it. The same `erasure_id` may come again after a restore;
    each part answers with `orders.erased.v1`, `complaints.erased.v1` or `segments.erased.v1`.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "customer.erased.v1"
    example: ClassVar[dict[str, Any]] = {
        "erasure_id": "ers_01jzq3v5c8e7m9r2t4w6y8a0bk",
        "customer_id": _CUSTOMER_ID,
        "retired_ids": [_RETIRED_ID],
        "source_record_ids": [_SOURCE_RECORD_ID],
        "erased_at": "2026-03-01T10:15:00Z",
    }

    erasure_id: ErasureId
    customer_id: GlobalId
    retired_ids: list[GlobalId]
    source_record_ids: list[SourceRecordId]
    erased_at: AwareDatetime


class ConsentChanged(Event):
    """What a customer allows changed; the key is the customer's id.

    `channel` is null for every channel that has no state of its own; so is the brand `house` for
    brands. A merge changes what holds without this fact: ask a communication check before writing.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "consent.changed.v1"
    example: ClassVar[dict[str, Any]] = {
        "consent_id": "cns_01jzq3v5c8e7m9r2t4w6y8a0bm",
        "customer_id": _CUSTOMER_ID,
        "source_record_id": _SOURCE_RECORD_ID,
        "purpose": "marketing",
        "channel": "email",
        "brand": "house",
        "decision": "granted",
        "decided_at": "2026-03-01T10:10:00Z",
        "valid_until": None,
        "changed_at": "2026-03-01T10:15:00Z",
    }

    consent_id: ConsentId
    customer_id: GlobalId
    source_record_id: SourceRecordId | None
    purpose: str
    channel: ConsentChannel | None
    brand: str
    decision: Decision
    decided_at: AwareDatetime
    valid_until: AwareDatetime | None
    changed_at: AwareDatetime


class CustomerAttributeChanged(Event):
    """A customer declared an attribute, or a value of it was taken back; the key is the customer.

    Of a customer's values of one attribute the one observed last is in force. A value follows its
    source record, or else the id it was told with. Free text is null; sensitive attributes are
    not announced at all. `attribute_type`, `choices` in order and `yearly` are its definition's.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "customer.attribute-changed.v1"
    example: ClassVar[dict[str, Any]] = {
        "customer_id": _CUSTOMER_ID,
        "attribute": "income-band",
        "value_id": "atv_01jzq3v5c8e7m9r2t4w6y8a0bn",
        "value": "50-to-100",
        "withdrawn": False,
        "source_record_id": _SOURCE_RECORD_ID,
        "told_customer_id": None,
        "purpose": "analytics",
        "observed_at": "2026-03-01T10:10:00Z",
        "valid_until": None,
        "changed_at": "2026-03-01T10:15:00Z",
        "attribute_type": "choice",
        "choices": ["below-25", "25-to-50", "50-to-100"],
        "yearly": False,
    }

    customer_id: GlobalId
    attribute: str
    value_id: AttributeValueId
    value: AttributeValue | None
    withdrawn: bool
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None
    purpose: str
    observed_at: AwareDatetime
    valid_until: AwareDatetime | None
    changed_at: AwareDatetime
    attribute_type: AttributeType | None = None
    choices: list[str] | None = None
    yearly: bool | None = None


class InteractionRecorded(Event):
    """A customer and the house were in touch, or the house answered; the key is the interaction.

    It is told again, with the next sequence, when `answered_at` became known later.
    """

    topic: ClassVar[str] = "customers"
    type: ClassVar[str] = "interaction.recorded.v1"
    example: ClassVar[dict[str, Any]] = {
        "interaction_id": "int_01jzq3v5c8e7m9r2t4w6y8a0bp",
        "customer_id": _CUSTOMER_ID,
        "source_record_id": _SOURCE_RECORD_ID,
        "told_customer_id": None,
        "channel": "phone",
        "begun_by": "customer",
        "at": "2026-03-01T10:10:00Z",
        "answered_at": "2026-03-01T10:10:20Z",
        "received_at": "2026-03-01T10:15:00Z",
    }

    interaction_id: InteractionId
    customer_id: GlobalId
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None
    channel: InteractionChannel
    begun_by: BegunBy
    at: AwareDatetime
    answered_at: AwareDatetime | None
    received_at: AwareDatetime


PUBLISHED: tuple[type[Event], ...] = (
    CustomerCreated,
    CustomerUpdated,
    CustomerMerged,
    CustomerUnmerged,
    CustomerErased,
    MatchReviewRequested,
    ConsentChanged,
    CustomerAttributeChanged,
    InteractionRecorded,
)
