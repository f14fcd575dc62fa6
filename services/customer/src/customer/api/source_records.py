"""Source records: a source says what it knows of a person, and learns who that is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Header, Path, Request

from chassis.api import DatabaseDep, Now, requires
from chassis.errors import Refusal
from chassis.idempotency import Once, once_of
from customer.api.fields import ExternalId, Source
from customer.api.readers import ReadingDep
from customer.api.recognising import RecogniserDep
from customer.api.sealing import SealerDep
from customer.api.source_record_in import SourceRecordIn
from customer.api.source_record_out import SourceRecordOut, SourceRecordPutOut
from customer.domain.claims import Claim, RecordKey
from customer.domain.intake import Answer
from customer.use_cases.put_source_records import put_source_record
from customer.use_cases.read_customer import read_source_record

if TYPE_CHECKING:
    from chassis.batching import Batcher

router = APIRouter(prefix="/v1/source-records", tags=["source records"])

_PATH = "/{source}/{external_id:path}"


async def _intake(
    request: Request,
    database: DatabaseDep,
    recogniser: RecogniserDep,
    once: Annotated[Once[Answer], once_of(Answer)],
    key: Annotated[str | None, Header(alias="Idempotency-Key", include_in_schema=False)] = None,
) -> Callable[[Claim], Awaitable[Answer]]:
    """Give the way in: together with what else waits, or alone when an answer is to be kept."""
    if key is not None:
        return partial(put_source_record, database, recogniser=recogniser, once=once)
    intake: Batcher[Claim, Answer | Refusal] = request.app.state.intake

    async def put_with_others(claim: Claim) -> Answer:
        outcome = await intake.submit(claim)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    return put_with_others


IntakeDep = Annotated[Callable[[Claim], Awaitable[Answer]], Depends(_intake)]


@router.put(_PATH, dependencies=[requires("customers:write")])
async def put(
    source: Annotated[Source, Path()],
    external_id: Annotated[ExternalId, Path()],
    body: SourceRecordIn,
    put_one: IntakeDep,
    sealer: SealerDep,
    now: Now,
) -> SourceRecordPutOut:
    """Say what a source knows of a person, and get the person's global customer id.

    The same content again is `unchanged` for ever. Values that cannot be used (an unknown country,
    an impossible phone, a date that is none) are stored as told and flagged, and never lose the
    record. The person is recognised by identifiers and by likeness; when the record proves several
    customers to be one, the oldest id survives and the others lead to it. What contradicts (another
    birth date, another name on a shared phone) is not joined but left to a person.
    """
    claim = body.claim(RecordKey(source, external_id), now, sealer)
    return SourceRecordPutOut.of(await put_one(claim))


@router.get(_PATH, dependencies=[requires("customers:read")])
async def get(
    source: Annotated[Source, Path()],
    external_id: Annotated[ExternalId, Path()],
    database: DatabaseDep,
    reading: ReadingDep,
) -> SourceRecordOut:
    """Read what a source told under its own id, as it came and in normal form."""
    record = await read_source_record(database, RecordKey(source, external_id))
    return SourceRecordOut.of(await reading.record(record))
