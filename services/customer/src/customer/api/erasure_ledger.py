"""The ledger of erasures: read out to be kept apart, and repeated after a restore."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Body
from pydantic import AwareDatetime, Field, StringConstraints, field_validator, model_validator

from chassis.api import DatabaseDep, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.paging import Cursor, Limit, Page
from customer.api.erasures import read_position, show_position
from customer.domain.communication import AddressKind
from customer.domain.erasure import (
    UNFINISHED,
    Erasure,
    ErasurePart,
    ErasureReason,
    ErasureRequest,
    ErasureStatus,
    Kept,
    PartAnswer,
)
from customer.domain.erasure_ledger import KeptRefusal, LedgerEntry, Repeated
from customer.domain.receipt import hash_of_receipt
from customer.events import ErasureId, SourceRecordId
from customer.use_cases.repeat_erasures import read_ledger, repeat_erasures

router = APIRouter(prefix="/v1/erasures", tags=["erasures"])

MOST_ENTRIES = 100

HexHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Word = Annotated[str, StringConstraints(max_length=200)]


class LedgerKept(StrictModel):
    """What a part kept."""

    what: Word
    count: Count
    reason: Word
    until: date | None = None


class LedgerPart(StrictModel):
    """What a part answered."""

    part: ErasurePart
    erased: dict[Word, Count]
    kept: list[LedgerKept]
    answered_at: AwareDatetime | None


class LedgerRefusal(StrictModel):
    """An address at which the person did not want to be written to, by its keyed hash."""

    kind: AddressKind
    address_hash: HexHash
    purpose: Word


class LedgerLine(StrictModel):
    """One erasure that was carried out: ids, hashes and times, nothing of the person."""

    erasure_id: ErasureId
    customer_id: GlobalId
    retired_ids: list[GlobalId]
    source_record_ids: list[SourceRecordId]
    record_key_hashes: list[HexHash]
    refusals: list[LedgerRefusal]
    reason: ErasureReason
    requested_at: AwareDatetime
    requested_by: Word
    reference: Word | None
    client_id: Word
    received_at: AwareDatetime
    status: ErasureStatus
    begun_at: AwareDatetime | None
    erased_at: AwareDatetime
    due_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    version: Annotated[int, Field(ge=0, lt=2**53)]
    parts: list[LedgerPart]
    receipt: dict[str, Any] | None
    receipt_sha256: HexHash | None

    @field_validator("status")
    @classmethod
    def _was_carried_out(cls, status: ErasureStatus) -> ErasureStatus:
        if status in UNFINISHED:
            message = "must be of an erasure that was carried out"
            raise ValueError(message)
        return status

    @model_validator(mode="after")
    def _receipt_is_whole(self) -> Self:
        shown = None if self.receipt is None else hash_of_receipt(self.receipt).hex()
        if shown != self.receipt_sha256:
            message = "must carry the receipt as it was given, with its hash"
            raise ValueError(message)
        return self

    @classmethod
    def of(cls, entry: LedgerEntry) -> Self:
        erasure, request = entry.erasure, entry.erasure.request
        return cls.model_validate(
            {
                "erasure_id": erasure.id,
                "customer_id": request.customer_id,
                "retired_ids": list(erasure.retired_ids),
                "source_record_ids": list(erasure.source_record_ids),
                "record_key_hashes": [key_hash.hex() for key_hash in entry.key_hashes],
                "refusals": [
                    {
                        "kind": one.kind,
                        "address_hash": one.address_hash.hex(),
                        "purpose": one.purpose,
                    }
                    for one in entry.refusals
                ],
                "reason": request.reason,
                "requested_at": request.requested_at,
                "requested_by": request.requested_by,
                "reference": request.reference,
                "client_id": request.client_id,
                "received_at": request.received_at,
                "status": erasure.status,
                "begun_at": erasure.begun_at,
                "erased_at": erasure.erased_at,
                "due_at": erasure.due_at,
                "completed_at": erasure.completed_at,
                "version": erasure.version,
                "parts": [_part(one) for one in erasure.parts],
                "receipt": entry.receipt,
                "receipt_sha256": erasure.receipt_hash.hex() if erasure.receipt_hash else None,
            }
        )

    def entry(self) -> LedgerEntry:
        """Give the entry that is repeated."""
        request = ErasureRequest(
            customer_id=self.customer_id,
            reason=self.reason,
            requested_at=self.requested_at,
            requested_by=self.requested_by,
            reference=self.reference,
            client_id=self.client_id,
            received_at=self.received_at,
        )
        erasure = Erasure(
            id=self.erasure_id,
            request=request,
            retired_ids=tuple(self.retired_ids),
            source_record_ids=tuple(self.source_record_ids),
            status=self.status,
            version=self.version,
            begun_at=self.begun_at,
            erased_at=self.erased_at,
            due_at=self.due_at,
            completed_at=self.completed_at,
            receipt_hash=bytes.fromhex(self.receipt_sha256) if self.receipt_sha256 else None,
            parts=tuple(_answer(one) for one in self.parts),
        )
        refusals = tuple(
            KeptRefusal(one.kind, bytes.fromhex(one.address_hash), one.purpose)
            for one in self.refusals
        )
        hashes = tuple(map(bytes.fromhex, self.record_key_hashes))
        return LedgerEntry(erasure, hashes, refusals, self.receipt)


class RepeatedOut(StrictModel):
    """What came of one line: the rows that were there again and are erased again."""

    erasure_id: ErasureId
    rows_erased: int
    was_known: bool

    @classmethod
    def of(cls, repeated: Repeated) -> Self:
        return cls(
            erasure_id=repeated.entry.erasure.id,
            rows_erased=repeated.rows,
            was_known=repeated.was_known,
        )


@router.get("/ledger", dependencies=[requires("customers:privacy")])
async def get_ledger(
    database: DatabaseDep, cursor: Cursor = None, limit: Limit = 100
) -> Page[LedgerLine]:
    """Read the ledger of all erasures that were carried out, those received first.

    Keep it apart from the database: after a restore from a copy made before, it repeats them.
    """
    found = await read_ledger(database, after=read_position(cursor), limit=limit + 1)
    last = found[limit - 1].erasure if len(found) > limit else None
    return Page(
        items=[LedgerLine.of(entry) for entry in found[:limit]],
        next_cursor=None if last is None else show_position(last.request.received_at, last.id),
    )


@router.post("/ledger", dependencies=[requires("customers:privacy")])
async def post_ledger(
    lines: Annotated[list[LedgerLine], Body(min_length=1, max_length=MOST_ENTRIES)],
    database: DatabaseDep,
) -> list[RepeatedOut]:
    """Repeat erasures after a restore; safe to send again.

    What was brought back is erased, ids answer 410 again, and every part is told once more.
    """
    repeated = await repeat_erasures(database, [line.entry() for line in lines])
    return [RepeatedOut.of(one) for one in repeated]


def _part(answer: PartAnswer) -> dict[str, Any]:
    return {
        "part": answer.part,
        "erased": dict(answer.erased),
        "kept": [
            {"what": one.what, "count": one.count, "reason": one.reason, "until": one.until}
            for one in answer.kept
        ],
        "answered_at": answer.answered_at,
    }


def _answer(told: LedgerPart) -> PartAnswer:
    kept = tuple(Kept(one.what, one.count, one.reason, one.until) for one in told.kept)
    return PartAnswer(told.part, told.erased, kept, told.answered_at)
