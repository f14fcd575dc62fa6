"""What carriers and platforms send, unchanged: taken at once, read a moment later."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AwareDatetime, BaseModel

from chassis.api import DatabaseDep, Now, principal_of, requires
from chassis.door import ANYTHING
from chassis.idempotency import REPLAYED_HEADER
from chassis.ids import new_uuid
from orders.adapters.tracking.reading import LARGEST_PAYLOAD_BYTES
from orders.adapters.tracking.sources import SOURCES
from orders.domain.carrier_answers import CarrierAnswer, check_signature
from orders.domain.carrier_words import unreadable
from orders.events import CarrierAnswerId
from orders.use_cases.take_carrier_answers import read_again, read_answer, take_answer

router = APIRouter(prefix="/v1/carrier-answers", tags=["parcels"])

_RAW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {}},
            "application/xml": {"schema": {"type": "string"}},
        },
    }
}


MEDIA_TYPES = {f"{router.prefix}/{source}": ANYTHING for source in SOURCES}
"""Kept as it came: a carrier's XML is often said to be something else."""


class AnswerState(StrEnum):
    """Whether an answer was read, and if it could be."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


class CarrierAnswerOut(BaseModel):
    """What became of an answer: its events are those of parcels that it names by their numbers.

    `unmapped` of its events have a code of no known meaning; `refused` could not be recorded, the
    first of them for `problem`. An unreadable answer was read by nobody, and is kept.
    """

    answer_id: CarrierAnswerId
    source: str
    state: AnswerState
    received_at: AwareDatetime
    read_at: AwareDatetime | None
    recorded: int | None
    unmapped: int | None
    refused: int | None
    problem: str | None

    @classmethod
    def of(cls, answer: CarrierAnswer) -> CarrierAnswerOut:
        state = AnswerState.WAITING if answer.read_at is None else AnswerState.READ
        if answer.problem is not None and not answer.refused:
            state = AnswerState.UNREADABLE
        return cls(
            answer_id=answer.id,
            source=answer.source,
            state=state,
            received_at=answer.received_at,
            read_at=answer.read_at,
            recorded=answer.recorded,
            unmapped=answer.unmapped,
            refused=answer.refused,
            problem=answer.problem,
        )


async def _payload(request: Request) -> bytes:
    payload = await request.body()
    if not payload:
        raise unreadable("body", "is empty")
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise unreadable("body", f"is longer than {LARGEST_PAYLOAD_BYTES} bytes")
    return payload


Payload = Annotated[bytes, Depends(_payload)]


@router.post(
    "/{source}",
    status_code=202,
    dependencies=[requires("orders:write")],
    openapi_extra=_RAW_BODY,
)
async def post_answer(
    source: Annotated[str, Path(max_length=50)],
    request: Request,
    payload: Payload,
    database: DatabaseDep,
    now: Now,
    response: Response,
) -> CarrierAnswerOut:
    """Take a carrier's answer or a platform's webhook as it came; the worker reads it.

    The same body again is the same answer. Where the house has told the source's secret, the body
    must carry its signature (401 otherwise).
    """
    check_signature(source, payload, request.headers, request.app.state.webhook_secrets)
    answer, is_repeated = await take_answer(
        database, source, payload, caller=principal_of(request), answer_id=new_uuid(), now=now
    )
    if is_repeated:
        response.headers[REPLAYED_HEADER] = "true"
    return CarrierAnswerOut.of(answer)


@router.get("/{answer_id}", dependencies=[requires("orders:read")])
async def get_answer(answer_id: CarrierAnswerId, database: DatabaseDep) -> CarrierAnswerOut:
    """Tell what became of an answer."""
    return CarrierAnswerOut.of(await read_answer(database, answer_id))


@router.post("/{answer_id}/readings", status_code=202, dependencies=[requires("orders:write")])
async def post_reading(answer_id: CarrierAnswerId, database: DatabaseDep) -> CarrierAnswerOut:
    """Have an answer read again, as often as one likes: what was recorded is not recorded twice."""
    return CarrierAnswerOut.of(await read_again(database, answer_id))
