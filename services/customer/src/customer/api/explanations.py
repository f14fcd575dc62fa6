"""Explanations: how a customer came to be, and why two are one here or are not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from chassis.api import DatabaseDep, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.paging import Cursor, decode_cursor, encode_cursor
from customer.api.cursors import invalid_cursor
from customer.api.explanation_out import WhyOut
from customer.api.explanation_text import why_text
from customer.api.history_out import HowOut, MomentOut
from customer.api.readers import ReadingDep
from customer.api.recognising import RecogniserDep
from customer.api.text_answers import WantsText
from customer.api.told_fields import WhomIn
from customer.domain.history import Moment, Place
from customer.domain.reads import Seen
from customer.use_cases.explain_how import explain_how
from customer.use_cases.explain_why import explain_why

router = APIRouter(prefix="/v1", tags=["explanations"])

_READ = requires("customers:read")
_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}


class WhyIn(StrictModel):
    """Two customers by any id they ever had, or source records; a retired id stands for its own."""

    left: WhomIn
    right: WhomIn


@router.get(
    "/customers/{customer_id}/how", dependencies=[_READ], response_model=HowOut, responses=_TEXT
)
async def how(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    wants_text: WantsText,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many moments at the most.")] = 200,
) -> HowOut | Response:
    """Tell how a customer came to be: its records, judgements, merges and what people ruled.

    In order of time, with who and when; `?format=text` gives lines for people. Records that the
    caller may not read, and judgements of them, are left out.
    """
    await reading.readable(customer_id)
    history = await explain_how(
        database, customer_id, reading.eyes, after=_read_cursor(cursor), limit=limit
    )
    reading.note(history.customer.id, Seen.CUSTOMER)
    last = history.more_after
    answer = HowOut(
        customer_id=history.customer.id,
        moments=[MomentOut.of(moment) for moment in history.moments],
        next_cursor=None if last is None else _show_cursor(last),
    )
    return PlainTextResponse(answer.as_text()) if wants_text else answer


@router.post("/explanations/why", dependencies=[_READ], response_model=WhyOut, responses=_TEXT)
async def why(
    body: WhyIn,
    database: DatabaseDep,
    reading: ReadingDep,
    recogniser: RecogniserDep,
    wants_text: WantsText,
) -> WhyOut | Response:
    """Tell why two are one customer, or why they are not.

    What both have, what contradicts, what the model in force weighs field by field, what people
    ruled. `?format=text` gives sentences and a waterfall of weights. All of it is weighed, so
    that who may not see all of both is refused.
    """
    explained = await explain_why(
        database, body.left.whom(), body.right.whom(), recogniser=recogniser
    )
    await reading.whole(*(view.customer.id for view in explained.views))
    views = await reading.customers(explained.views)
    answer = WhyOut.of(explained, views)
    return PlainTextResponse(why_text(answer)) if wants_text else answer


def _show_cursor(last: Moment) -> str:
    at, rank, name = last.place
    return encode_cursor(at.isoformat(), rank, name)


def _read_cursor(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    instant, rank, name = decode_cursor(cursor, parts=3)
    try:
        at = datetime.fromisoformat(str(instant))
        at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid_cursor() from error
    if at.tzinfo is None or not isinstance(rank, int) or abs(rank) >= 1 << 31:
        raise invalid_cursor()
    return at, rank, str(name)
