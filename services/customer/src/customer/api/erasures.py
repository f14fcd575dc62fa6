"""Erasures: requested for a customer, tracked until every part has answered, with a receipt."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.ids import InvalidId
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from chassis.principal import Principal
from customer.api.cursors import invalid_cursor
from customer.api.erasing import ErasureRulesDep
from customer.api.erasure_out import ErasureOut, ErasureReceivedOut
from customer.domain.erasure import ErasureReason, ErasureReceived, ErasureRequest, ErasureStatus
from customer.domain.erasure_letter import letter
from customer.domain.letter_words import LetterLanguage
from customer.events import ERASURE, ErasureId
from customer.store.erasures import Position
from customer.use_cases.erase_customer import erase_customer, request_erasure
from customer.use_cases.read_erasures import (
    list_all_erasures,
    read_erasure,
    read_erasure_receipt,
)

router = APIRouter(prefix="/v1", tags=["erasures"])

_PRIVACY = requires("customers:privacy")

OpaqueId = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")
]


class ErasureIn(StrictModel):
    """Why a customer is to be erased, and on whose word.

    `requested_by` and `reference` are kept when all else is gone: opaque ids, never a name or an
    address.
    """

    reason: ErasureReason
    requested_at: Annotated[
        AwareDatetime | None, Field(description="When the person asked; now if left out.")
    ] = None
    requested_by: Annotated[
        OpaqueId, Field(description="Who passes the request on, as the house knows them.")
    ]
    reference: Annotated[
        OpaqueId | None, Field(description="The house's own number for the request.")
    ] = None


@router.post(
    "/customers/{customer_id}/erasures",
    status_code=HTTPStatus.ACCEPTED,
)
async def post_erasure(
    customer_id: GlobalId,
    body: ErasureIn,
    caller: Annotated[Principal, _PRIVACY],
    database: DatabaseDep,
    rules: ErasureRulesDep,
    now: Now,
    once: Annotated[Once[ErasureReceived], once_of(ErasureReceived)],
) -> ErasureReceivedOut:
    """Have a customer erased in every part, named by any id it ever had.

    Here everything is gone when the answer comes, in all but rare races; the other parts follow,
    and the erasure is complete when each has answered. A customer who was erased already is
    answered with the same erasure.
    """
    request = ErasureRequest(
        customer_id=customer_id,
        reason=body.reason,
        requested_at=body.requested_at or now,
        requested_by=body.requested_by,
        reference=body.reference,
        client_id=caller.client_id,
        received_at=now,
    )
    received = await request_erasure(database, request, once=once)
    await erase_customer(database, received.erasure_id, rules, now=now)
    return ErasureReceivedOut.of(received)


@router.get("/erasures", dependencies=[_PRIVACY])
async def get_erasures(
    database: DatabaseDep,
    status: ErasureStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ErasureOut]:
    """List erasures, those received last first."""
    found = await list_all_erasures(
        database, status=status, before=read_position(cursor), limit=limit + 1
    )
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[ErasureOut.of(erasure) for erasure in found[:limit]],
        next_cursor=None if last is None else show_position(last.request.received_at, last.id),
    )


@router.get("/erasures/{erasure_id}", dependencies=[_PRIVACY])
async def get_erasure(erasure_id: ErasureId, database: DatabaseDep) -> ErasureOut:
    """Read where an erasure stands, and what each part erased and kept."""
    return ErasureOut.of(await read_erasure(database, erasure_id))


@router.get("/erasures/{erasure_id}/receipt", dependencies=[_PRIVACY])
async def get_receipt(
    erasure_id: ErasureId, database: DatabaseDep, response: Response
) -> dict[str, Any]:
    """Read the receipt of a complete erasure; it holds nothing of the person.

    The header Carnet-Receipt-SHA256 is the hash of the body, written with sorted keys and without
    spaces.
    """
    receipt, receipt_hash = await read_erasure_receipt(database, erasure_id)
    response.headers["Carnet-Receipt-SHA256"] = (receipt_hash or b"").hex()
    return receipt


@router.get(
    "/erasures/{erasure_id}/letter",
    dependencies=[_PRIVACY],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_letter(
    erasure_id: ErasureId, database: DatabaseDep, language: LetterLanguage = LetterLanguage.EN
) -> Response:
    """Read the receipt of a complete erasure as a text for the person."""
    receipt, receipt_hash = await read_erasure_receipt(database, erasure_id)
    words = letter(receipt, (receipt_hash or b"").hex(), language)
    return Response(
        words,
        media_type="text/plain; charset=utf-8",
        headers={"Content-Language": language},
    )


def show_position(received_at: datetime, erasure_id: UUID) -> str:
    """Write where a page of erasures ended."""
    return encode_cursor(received_at.isoformat(), ERASURE.show(erasure_id))


def read_position(cursor: str | None) -> Position | None:
    """Read where a page of erasures begins; raises `InvalidCursor`."""
    if cursor is None:
        return None
    instant, shown = decode_cursor(cursor, parts=2)
    try:
        received_at = datetime.fromisoformat(str(instant))
        erasure_id = ERASURE.read(str(shown))
    except (ValueError, InvalidId) as error:
        raise invalid_cursor() from error
    if received_at.tzinfo is None:
        raise invalid_cursor()
    return received_at, erasure_id
