"""The steward's queue: pairs of customers who may be one, and what a person decides of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Request as HttpRequest

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.idempotency import Once, once_of
from chassis.ids import InvalidId
from chassis.iso import Country
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from chassis.versions import etag
from customer.api.cursors import invalid_cursor
from customer.api.fields import Word
from customer.api.match_candidate_out import MatchCandidateDetailOut, MatchCandidateOut
from customer.api.readers import ReadingDep
from customer.api.steward_fields import Reason, steward_of
from customer.api.versions import IfMatch
from customer.domain.judgements import Judge
from customer.domain.match_candidates import MatchCandidate, Status
from customer.events import MATCH_CANDIDATE, MatchCandidateId
from customer.store.match_candidate_rows import Order, Position, Wanted
from customer.use_cases import judge_candidate as judging
from customer.use_cases.read_candidates import read_candidate, read_pair, read_queue

router = APIRouter(prefix="/v1/match-candidates", tags=["match candidates"])

_SCOPE = "customers:steward"


class DecisionIn(StrictModel):
    """Why a person decides so; it is kept beside the decision."""

    reason: Reason


class NoteIn(StrictModel):
    """Why, where there is something to say."""

    reason: Reason | None = None


async def _request(
    match_candidate_id: MatchCandidateId,
    database: DatabaseDep,
    reading: ReadingDep,
    expected: IfMatch,
    now: Now,
) -> judging.Request:
    """Read who wants to judge which pair; who may not read both does not judge them."""
    actor = reading.actor
    if not reading.eyes.see_everything:
        await reading.tellable(*await read_pair(database, match_candidate_id))
    return judging.Request(match_candidate_id, steward_of(actor), now, expected)


OnceForCandidate = Annotated[Once[MatchCandidate], once_of(MatchCandidate)]


async def _lasting(request: HttpRequest) -> timedelta:
    lasting: timedelta = request.app.state.match_claims_last
    return lasting


@router.get("", dependencies=[requires(_SCOPE)])
async def list_candidates(
    database: DatabaseDep,
    reading: ReadingDep,
    status: Status = Status.OPEN,
    brand: Annotated[
        Word | None, Query(description="One of whose records is of the brand.")
    ] = None,
    country: Annotated[Country | None, Query(description="One of whose records is of it.")] = None,
    judge: Annotated[Judge | None, Query(description="Who raised the doubt.")] = None,
    order: Annotated[Order, Query(description="Most at stake first, or oldest first.")] = (
        Order.VALUE
    ),
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MatchCandidateOut]:
    """List pairs that a person has to judge: by what is at stake, among equals the oldest first.

    Pairs of whom the caller may not read both are left out, so that a page may be short.
    """
    found = await read_queue(
        database,
        Wanted(status, brand, country, judge),
        order=order,
        after=_read_cursor(cursor),
        limit=limit + 1,
    )
    page = found[:limit]
    open_ = await reading.open_customers({one for pair in page for one in pair.customer_ids})
    return Page(
        items=[MatchCandidateOut.of(one) for one in page if open_.issuperset(one.customer_ids)],
        next_cursor=_show_cursor(page[-1]) if len(found) > limit else None,
    )


@router.get("/{match_candidate_id}", dependencies=[requires(_SCOPE)])
async def get_candidate(
    match_candidate_id: MatchCandidateId,
    database: DatabaseDep,
    reading: ReadingDep,
    response: Response,
) -> MatchCandidateDetailOut:
    """Read a pair: both golden records side by side, the evidence, and what happened so far."""
    view = await read_candidate(database, match_candidate_id)
    await reading.tellable(*view.candidate.customer_ids)
    response.headers["ETag"] = etag(view.candidate.version)
    seen = await reading.customers(view.customers)
    return MatchCandidateDetailOut.showing(view, seen)


@router.post("/{match_candidate_id}/claim", dependencies=[requires(_SCOPE)])
async def claim(
    request: Annotated[judging.Request, Depends(_request)],
    database: DatabaseDep,
    lasting: Annotated[timedelta, Depends(_lasting)],
    once: OnceForCandidate,
    response: Response,
) -> MatchCandidateOut:
    """Have the pair to oneself for a while; claimed again it lasts longer.

    While another has it, 409 says who and until when.
    """
    return _answer(
        await judging.claim_candidate(database, request, lasting=lasting, once=once), response
    )


@router.post("/{match_candidate_id}/release", dependencies=[requires(_SCOPE)])
async def release(
    request: Annotated[judging.Request, Depends(_request)],
    database: DatabaseDep,
    once: OnceForCandidate,
    response: Response,
) -> MatchCandidateOut:
    """Let others have the pair."""
    return _answer(await judging.release_candidate(database, request, once=once), response)


@router.post("/{match_candidate_id}/accept", dependencies=[requires(_SCOPE)])
async def accept(
    request: Annotated[judging.Request, Depends(_request)],
    body: DecisionIn,
    database: DatabaseDep,
    once: OnceForCandidate,
    response: Response,
) -> MatchCandidateOut:
    """Say that the two are one person: they are merged, and the older id survives.

    Where it is asked if one customer is two people, it stays as it is, and that is not asked again.
    """
    told = judging.because(request, body.reason)
    return _answer(await judging.accept_candidate(database, told, once=once), response)


@router.post("/{match_candidate_id}/reject", dependencies=[requires(_SCOPE)])
async def reject(
    request: Annotated[judging.Request, Depends(_request)],
    body: DecisionIn,
    database: DatabaseDep,
    once: OnceForCandidate,
    response: Response,
) -> MatchCandidateOut:
    """Say that the two are different people: no machine joins them any more.

    One customer who is several people is split into the `parts` that the candidate shows; where it
    shows none, name what goes with unmerge or split (409).
    """
    told = judging.because(request, body.reason)
    return _answer(await judging.reject_candidate(database, told, once=once), response)


@router.post("/{match_candidate_id}/skip", dependencies=[requires(_SCOPE)])
async def skip(
    request: Annotated[judging.Request, Depends(_request)],
    body: NoteIn,
    database: DatabaseDep,
    once: OnceForCandidate,
    response: Response,
) -> MatchCandidateOut:
    """Leave the pair for later; another judgement of it opens it again."""
    told = judging.because(request, body.reason)
    return _answer(await judging.skip_candidate(database, told, once=once), response)


@router.post("/{match_candidate_id}/undo", dependencies=[requires(_SCOPE)])
async def undo(
    request: Annotated[judging.Request, Depends(_request)],
    body: NoteIn,
    database: DatabaseDep,
    once: OnceForCandidate,
    response: Response,
) -> MatchCandidateOut:
    """Take one's own decision back, and open the pair again.

    What was merged is unmerged, and stays apart until a person decides; what was kept apart is
    not any more; what was split is one customer again, if the parts are as they were (else 409).
    """
    told = judging.because(request, body.reason)
    return _answer(await judging.undo_decision(database, told, once=once), response)


def _answer(candidate: MatchCandidate, response: Response) -> MatchCandidateOut:
    response.headers["ETag"] = etag(candidate.version)
    return MatchCandidateOut.of(candidate)


def _show_cursor(last: MatchCandidate) -> str:
    return encode_cursor(last.value, last.opened_at.isoformat(), MATCH_CANDIDATE.show(last.id))


def _read_cursor(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    value, instant, shown = decode_cursor(cursor, parts=3)
    try:
        opened_at = datetime.fromisoformat(str(instant))
        opened_at.astimezone(UTC)
        candidate_id = MATCH_CANDIDATE.read(str(shown))
    except (ValueError, OverflowError, InvalidId) as error:
        raise invalid_cursor() from error
    if opened_at.tzinfo is None or not isinstance(value, int) or abs(value) >= 1 << 31:
        raise invalid_cursor()
    return value, opened_at, candidate_id
