"""Source records as lines of JSON: a line that cannot be read spoils nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from chassis.api import DatabaseDep, Now, requires
from chassis.errors import FieldProblem, Invalid, Refusal
from customer.api.batches import LARGEST, BatchItemOut, show_outcome
from customer.api.lines import LINES, LinesRoute, answer_lines, lines_of, read_line
from customer.api.recognising import RecogniserDep
from customer.api.sealing import SealerDep
from customer.api.source_record_in import read_item
from customer.domain.claims import Claim
from customer.use_cases.put_source_records import put_source_records

if TYPE_CHECKING:
    from datetime import datetime

    from customer.domain.official_ids import Sealer

router = APIRouter(tags=["source records"], route_class=LinesRoute)

PATH = "/v1/source-records/batch"
MEDIA_TYPES = {PATH: LINES}


class BatchLineOut(BatchItemOut):
    """What came of one line; `line` counts from 1 and blank lines too, `index` records from 0."""

    line: int


class LinesOfAnotherNumber(Invalid):
    """There are no lines, or more than are taken at once."""

    slug = "lines-of-another-number"
    title = "The body has no lines, or too many"


@router.post(PATH, dependencies=[requires("customers:write")], include_in_schema=False)
async def put_lines(
    request: Request,
    database: DatabaseDep,
    recogniser: RecogniserDep,
    sealer: SealerDep,
    now: Now,
) -> Response:
    """Put up to 500 source records, one a line; the answer has a line for each, in that order."""
    lines = _within_bounds(lines_of(await request.body()))
    read = [_read(line, now, sealer) for _, line in lines]
    claims = [item for item in read if isinstance(item, Claim)]
    outcomes = iter(await put_source_records(database, claims, recogniser=recogniser))
    shown = (
        show_outcome(index, item if isinstance(item, Refusal) else next(outcomes))
        for index, item in enumerate(read)
    )
    return answer_lines(
        BatchLineOut(line=number, **dict(item))
        for (number, _), item in zip(lines, shown, strict=True)
    )


def _within_bounds(lines: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    if 1 <= len(lines) <= LARGEST:
        return lines
    mend = f"Send at least one line, and at most {LARGEST}."
    problem = FieldProblem("body", f"has {len(lines)} lines", mend)
    raise LinesOfAnotherNumber(mend, fields=[problem])


def _read(line: bytes, received_at: datetime, sealer: Sealer) -> Claim | Refusal:
    try:
        told = read_line(line)
    except Refusal as refusal:
        return refusal
    return read_item(told, received_at, sealer)
