"""Recognition: who would this be? Asked before anything is told, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.api import DatabaseDep, Now, requires
from chassis.global_ids import GlobalId
from customer.api.fields import Word
from customer.api.readers import UNKNOWN, Known, ReadingDep
from customer.api.recognising import RecogniserDep
from customer.api.sealing import SealerDep
from customer.api.source_record_in import SourceRecordIn
from customer.api.source_record_out import FlagOut, MatchedOn, matched_on
from customer.domain.claims import RecordKey
from customer.domain.guard import Contradiction
from customer.domain.identifiers import IdentifierKind
from customer.domain.resolution import Conclusion
from customer.use_cases.recognise import Recognition, recognise

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_NO_RECORD = RecordKey("recognition", "none")


class PersonIn(SourceRecordIn):
    """What is known of a person: any of a source record's fields."""

    channel: Word = "recognition"


class CandidateOut(BaseModel):
    """A customer who is, or may be, the person, and what speaks for and against it.

    `weight_bits` is the model's evidence; it is null where an identifier decided. It and the
    contradictions are told to who may see all of the customer: they would confirm what is hidden.
    """

    customer_id: GlobalId
    verdict: Literal["same", "unsure"]
    shared: list[IdentifierKind]
    contradictions: list[Contradiction]
    weight_bits: float | None

    @classmethod
    def of(cls, conclusion: Conclusion, known: Known) -> CandidateOut:
        judgement = conclusion.judgement
        return cls(
            customer_id=conclusion.other_customer_id,
            verdict="same" if judgement.verdict == "same" else "unsure",
            shared=[kind for kind in judgement.shared if known.by(kind)],
            contradictions=list(judgement.contradictions) if known.is_whole else [],
            weight_bits=judgement.weight if known.is_whole else None,
        )


class RecognitionOut(BaseModel):
    """Who it would be: null for somebody new.

    `would_merge` are other customers that such a record would prove to be the same person.
    """

    customer_id: GlobalId | None
    matched_on: list[MatchedOn]
    would_merge: list[GlobalId]
    candidates: list[CandidateOut]
    flags: list[FlagOut]

    @classmethod
    def of(cls, recognition: Recognition, seen: Mapping[str, Known]) -> RecognitionOut:
        """Give the answer; `seen` are those whom the caller may recognise."""
        placement = recognition.placement
        found = seen.get(placement.customer_id or "", UNKNOWN)
        return cls(
            customer_id=placement.customer_id if placement.customer_id in seen else None,
            matched_on=matched_on([kind for kind in placement.matched_on if found.by(kind)]),
            would_merge=[one for one in placement.retired if one in seen],
            candidates=[
                CandidateOut.of(one, seen[one.other_customer_id])
                for one in placement.conclusions
                if one.other_customer_id in seen
            ],
            flags=[FlagOut.of(flag) for flag in recognition.flags],
        )


@router.post("/recognise", dependencies=[requires("customers:read")])
async def post(
    body: PersonIn,
    database: DatabaseDep,
    recogniser: RecogniserDep,
    sealer: SealerDep,
    reading: ReadingDep,
    now: Now,
) -> RecognitionOut:
    """Ask who somebody would be, as a source record that said this would be decided now.

    Nothing is stored and nobody is merged; put a source record to have it so. Who is known only by
    source records that the caller may not read is not recognised.
    """
    claim = body.claim(_NO_RECORD, now, sealer)
    recognition = await recognise(database, claim, recogniser=recogniser)
    seen = await reading.recognised(recognition)
    return RecognitionOut.of(recognition, seen)
