"""Erasures as they are answered: where they stand, and what each part erased and kept."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from chassis.global_ids import GlobalId
from customer.domain.erasure import (
    Erasure,
    ErasurePart,
    ErasureReason,
    ErasureReceived,
    ErasureStatus,
    Kept,
    PartAnswer,
)
from customer.events import ErasureId


class ErasureReceivedOut(BaseModel):
    """That the erasure of a customer was taken up; its status tells when it is complete."""

    erasure_id: ErasureId
    customer_id: GlobalId
    received_at: AwareDatetime

    @classmethod
    def of(cls, received: ErasureReceived) -> ErasureReceivedOut:
        return cls(
            erasure_id=received.erasure_id,
            customer_id=received.customer_id,
            received_at=received.received_at,
        )


class KeptOut(BaseModel):
    """What a part keeps, why, and until when; without a day, for ever."""

    what: str
    count: int
    reason: str
    until: date | None

    @classmethod
    def of(cls, kept: Kept) -> KeptOut:
        return cls(what=kept.what, count=kept.count, reason=kept.reason, until=kept.until)


class PartOut(BaseModel):
    """What one part answered; without `answered_at` it has not answered yet."""

    part: ErasurePart
    erased: dict[str, int]
    kept: list[KeptOut]
    answered_at: AwareDatetime | None

    @classmethod
    def of(cls, answer: PartAnswer) -> PartOut:
        return cls(
            part=answer.part,
            erased=dict(answer.erased),
            kept=[KeptOut.of(kept) for kept in answer.kept],
            answered_at=answer.answered_at,
        )


class ErasureOut(BaseModel):
    """An erasure as a tracked job."""

    erasure_id: ErasureId
    customer_id: GlobalId
    status: ErasureStatus
    reason: ErasureReason
    reference: str | None
    requested_at: AwareDatetime
    requested_by: str
    received_at: AwareDatetime
    erased_at: AwareDatetime | None
    due_at: Annotated[
        AwareDatetime | None, Field(description="When parts that have not answered are late.")
    ]
    completed_at: AwareDatetime | None
    same_as: Annotated[
        ErasureId | None, Field(description="The erasure that had erased the customer already.")
    ]
    waiting_for: list[ErasurePart]
    parts: list[PartOut]
    receipt_sha256: str | None

    @classmethod
    def of(cls, erasure: Erasure) -> ErasureOut:
        request = erasure.request
        return cls(
            erasure_id=erasure.id,
            customer_id=request.customer_id,
            status=erasure.status,
            reason=request.reason,
            reference=request.reference,
            requested_at=request.requested_at,
            requested_by=request.requested_by,
            received_at=request.received_at,
            erased_at=erasure.erased_at,
            due_at=erasure.due_at,
            completed_at=erasure.completed_at,
            same_as=erasure.same_as,
            waiting_for=[one.part for one in erasure.parts if one.answered_at is None],
            parts=[PartOut.of(one) for one in erasure.parts],
            receipt_sha256=None if erasure.receipt_hash is None else erasure.receipt_hash.hex(),
        )
