"""Source records by the hundred: a result for each, and bad ones spoil nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from chassis.api import DatabaseDep, Now, requires
from chassis.errors import FieldProblem, Refusal
from chassis.problems import TYPE_PREFIX
from customer.api.lines import lines_or_json
from customer.api.recognising import RecogniserDep
from customer.api.sealing import SealerDep
from customer.api.source_record_in import SourceRecordItemIn, read_item
from customer.api.source_record_out import SourceRecordPutOut
from customer.domain.claims import Claim
from customer.domain.intake import Answer
from customer.use_cases.put_source_records import put_source_records

router = APIRouter(prefix="/v1/source-records", tags=["source records"])

LARGEST = 500


class FieldProblemOut(BaseModel):
    """A field that cannot be taken, and how to mend it."""

    field: str
    problem: str
    mend: str

    @classmethod
    def of(cls, problem: FieldProblem) -> FieldProblemOut:
        return cls(field=problem.field, problem=problem.problem, mend=problem.mend)


class ProblemOut(BaseModel):
    """Why a record was refused, as a problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblemOut]

    @classmethod
    def of(cls, refusal: Refusal) -> ProblemOut:
        return cls(
            type=TYPE_PREFIX + refusal.slug,
            title=refusal.title,
            status=refusal.status,
            detail=refusal.detail or refusal.title,
            errors=[FieldProblemOut.of(problem) for problem in refusal.fields],
        )


class BatchItemOut(BaseModel):
    """What came of one record: `result`, or `problem` and nothing stored."""

    index: int
    status: int
    result: SourceRecordPutOut | None = None
    problem: ProblemOut | None = None


Item = Annotated[SourceRecordItemIn | Any, Field(union_mode="left_to_right")]


@router.post(
    "/batch",
    dependencies=[requires("customers:write")],
    openapi_extra=lines_or_json("One source record a line; a result a line, in the same order."),
)
async def put_many(
    items: Annotated[list[Item], Body(min_length=1, max_length=LARGEST)],
    database: DatabaseDep,
    recogniser: RecogniserDep,
    sealer: SealerDep,
    now: Now,
) -> list[BatchItemOut]:
    """Put up to 500 source records; the answer has a result for each, in the same order.

    A record that cannot be taken has a problem with status 4xx and the others are stored. The
    records are put in their order, each seeing what those before it changed. Sending a batch
    again changes nothing. As `application/x-ndjson` records and results are lines.
    """
    read = [read_item(item, now, sealer) for item in items]
    claims = [item for item in read if isinstance(item, Claim)]
    outcomes = iter(await put_source_records(database, claims, recogniser=recogniser))
    return [
        show_outcome(index, item if isinstance(item, Refusal) else next(outcomes))
        for index, item in enumerate(read)
    ]


def show_outcome(index: int, outcome: Answer | Refusal) -> BatchItemOut:
    """Show what came of one record, by its place in the batch."""
    if isinstance(outcome, Refusal):
        return BatchItemOut(index=index, status=outcome.status, problem=ProblemOut.of(outcome))
    return BatchItemOut(index=index, status=200, result=SourceRecordPutOut.of(outcome))
