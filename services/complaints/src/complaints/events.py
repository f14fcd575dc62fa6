"""The facts this service publishes, and the ids that stand in them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.events import Event
from chassis.global_ids import GlobalId
from chassis.ids import IdType
from complaints.domain.complaint import Resolution
from complaints.domain.erasure import KEPT_WITHOUT_PERSON, Kept
from complaints.domain.report import Channel

COMPLAINT = IdType("cmp")
ORDER = IdType("ord")
PARCEL = IdType("pcl")
SOURCE_RECORD = IdType("src")
ERASURE = IdType("ers")

ComplaintId = Annotated[UUID, COMPLAINT.schema]
OrderId = Annotated[UUID, ORDER.schema]
ParcelId = Annotated[UUID, PARCEL.schema]
SourceRecordId = Annotated[UUID, SOURCE_RECORD.schema]
ErasureId = Annotated[UUID, ERASURE.schema]

_COMPLAINT_ID = "cmp_01jzq3v5c8e7m9r2t4w6y8a0bd"


class ComplaintFiled(Event):
    """A customer has complained, or the house opened a complaint from a parcel's `incident`.

    `told_customer_id` is the id as the source told it, where that is retired by now: an unmerge
    goes back to it.
    """

    topic: ClassVar[str] = "complaints"
    type: ClassVar[str] = "complaint.filed.v1"
    example: ClassVar[dict[str, Any]] = {
        "complaint_id": _COMPLAINT_ID,
        "customer_id": "7K3M-92QX-F4TF",
        "told_customer_id": "DD1R-ZH9P-17K5",
        "source_record_id": "src_01jzq3v5c8e7m9r2t4w6y8a0be",
        "order_id": "ord_01jzq3v5c8e7m9r2t4w6y8a0bf",
        "channel": "phone",
        "category": "delivery",
        "filed_at": "2026-03-02T09:15:00Z",
        "parcel_id": "pcl_01jzq3v5c8e7m9r2t4w6y8a0bg",
        "incident": "attempt_failed",
    }

    complaint_id: ComplaintId
    customer_id: GlobalId | None
    told_customer_id: GlobalId | None = Field(default=None, exclude_if=lambda told: told is None)
    source_record_id: SourceRecordId | None
    order_id: OrderId | None
    channel: Channel
    category: str | None
    filed_at: AwareDatetime
    parcel_id: ParcelId | None = Field(default=None, exclude_if=lambda told: told is None)
    incident: str | None = Field(default=None, exclude_if=lambda told: told is None)


class ComplaintRouted(Event):
    """A team has been given the complaint."""

    topic: ClassVar[str] = "complaints"
    type: ClassVar[str] = "complaint.routed.v1"
    example: ClassVar[dict[str, Any]] = {
        "complaint_id": _COMPLAINT_ID,
        "team": "delivery",
        "routed_at": "2026-03-02T09:15:00Z",
    }

    complaint_id: ComplaintId
    team: str
    routed_at: AwareDatetime


class ComplaintAnswered(Event):
    """The house has answered the customer; notes and acknowledgements are not answers."""

    topic: ClassVar[str] = "complaints"
    type: ClassVar[str] = "complaint.answered.v1"
    example: ClassVar[dict[str, Any]] = {
        "complaint_id": _COMPLAINT_ID,
        "answered_at": "2026-03-02T11:40:00Z",
    }

    complaint_id: ComplaintId
    answered_at: AwareDatetime


class ComplaintResolved(Event):
    """The decision has been communicated."""

    topic: ClassVar[str] = "complaints"
    type: ClassVar[str] = "complaint.resolved.v1"
    example: ClassVar[dict[str, Any]] = {
        "complaint_id": _COMPLAINT_ID,
        "resolution": "replacement",
        "resolved_at": "2026-03-03T10:05:00Z",
    }

    complaint_id: ComplaintId
    resolution: Resolution
    resolved_at: AwareDatetime


class ComplaintReopened(Event):
    """A resolved complaint has been taken up again."""

    topic: ClassVar[str] = "complaints"
    type: ClassVar[str] = "complaint.reopened.v1"
    example: ClassVar[dict[str, Any]] = {
        "complaint_id": _COMPLAINT_ID,
        "reopened_at": "2026-03-09T16:30:00Z",
    }

    complaint_id: ComplaintId
    reopened_at: AwareDatetime


class ComplaintsErased(Event):
    """What was personal of a customer's complaints is gone; the key is the erasure's id."""

    topic: ClassVar[str] = "complaints"
    type: ClassVar[str] = "complaints.erased.v1"
    example: ClassVar[dict[str, Any]] = {
        "erasure_id": "ers_01jzq3v5c8e7m9r2t4w6y8a0bh",
        "customer_id": "7K3M-92QX-F4TF",
        "erased": {"complaints": 1, "messages": 4},
        "kept": [{"what": "complaints", "count": 1, "reason": KEPT_WITHOUT_PERSON, "until": None}],
        "erased_at": "2026-03-01T10:15:00Z",
    }

    erasure_id: ErasureId
    customer_id: GlobalId
    erased: dict[str, int]
    kept: tuple[Kept, ...]
    erased_at: AwareDatetime


PUBLISHED: tuple[type[Event], ...] = (
    ComplaintFiled,
    ComplaintRouted,
    ComplaintAnswered,
    ComplaintResolved,
    ComplaintReopened,
    ComplaintsErased,
)
