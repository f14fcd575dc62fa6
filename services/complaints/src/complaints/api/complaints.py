"""Complaints: filing, reading and listing them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.api import DatabaseDep, Now, OnlyCheck, requires, would_be_taken
from chassis.errors import FieldProblem
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.ids import InvalidId
from chassis.paging import Cursor, InvalidCursor, Limit, Page, decode_cursor, encode_cursor
from complaints.api.complaint_in import ComplaintIn, ResolvedClaimDep
from complaints.api.complaint_out import ComplaintFileOut, ComplaintOut
from complaints.api.fields import Slug
from complaints.api.purviews import HomeRegions, at_home_where_seen
from complaints.domain.complaint import Complaint
from complaints.domain.lifecycle import Status
from complaints.events import COMPLAINT, ComplaintId
from complaints.use_cases import list_complaints as listing
from complaints.use_cases.file_complaint import file_complaint
from complaints.use_cases.read_complaint import read_complaint

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])


@router.post(
    "",
    status_code=201,
    response_model=ComplaintOut,
    dependencies=[requires("complaints:write")],
)
async def post_complaint(
    body: ComplaintIn,
    claim: ResolvedClaimDep,
    database: DatabaseDep,
    now: Now,
    only_check: OnlyCheck,
    once: Annotated[Once[Complaint], once_of(Complaint)],
) -> ComplaintOut | Response:
    """File a complaint: it is given to a team at once, and the answer says to which and why.

    A source that sends the same reference and words again gets the complaint it filed first.
    """
    if only_check:
        return would_be_taken()
    complaint = await file_complaint(
        database,
        body.report(),
        text=body.text,
        customer=claim.customer_of(body),
        at=now,
        once=once,
    )
    return ComplaintOut.of(complaint)


@router.get("/{complaint_id}", dependencies=[requires("complaints:read"), at_home_where_seen()])
async def get_complaint(complaint_id: ComplaintId, database: DatabaseDep) -> ComplaintFileOut:
    """Read a complaint with what was written on it."""
    return ComplaintFileOut.of_file(await read_complaint(database, complaint_id))


@router.get("", dependencies=[requires("complaints:read")])
async def list_complaints(
    database: DatabaseDep,
    regions: HomeRegions,
    customer_id: GlobalId | None = None,
    team: Slug | None = None,
    status: Status | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ComplaintOut]:
    """List complaints, those received last first; a retired customer id lists its survivor's."""
    found = await listing.list_complaints(
        database,
        regions=regions,
        customer_id=customer_id,
        team=team,
        status=status,
        before=_read_cursor(cursor),
        limit=limit + 1,
    )
    shown = found[:limit]
    more = len(found) > limit
    return Page(
        items=[ComplaintOut.of(complaint) for complaint in shown],
        next_cursor=encode_cursor(COMPLAINT.show(shown[-1].id)) if more else None,
    )


def _read_cursor(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    [shown] = decode_cursor(cursor, parts=1)
    try:
        return COMPLAINT.read(str(shown))
    except InvalidId as error:
        mend = "Send `next_cursor` as it was given, or leave it out to begin at the start."
        field = FieldProblem("cursor", "was not given out by this list", mend)
        raise InvalidCursor(mend, fields=[field]) from error
