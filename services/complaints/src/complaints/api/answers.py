"""What a team does with a complaint: answering, resolving and reopening it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.idempotency import Once, once_of
from complaints.api.complaint_out import ComplaintOut
from complaints.api.fields import Name, Prose
from complaints.api.purviews import at_home_where_seen
from complaints.domain.complaint import AnswerKind, Complaint, Resolution
from complaints.events import ComplaintId
from complaints.use_cases.answer_complaint import answer_complaint
from complaints.use_cases.reopen_complaint import reopen_complaint
from complaints.use_cases.resolve_complaint import resolve_complaint

router = APIRouter(
    prefix="/v1/complaints/{complaint_id}",
    tags=["complaints"],
    dependencies=[requires("complaints:write"), at_home_where_seen()],
)

OnceDep = Annotated[Once[Complaint], once_of(Complaint)]
By = Annotated[Name, Field(description="Who writes: the agent's own id in the house.")]


class AnswerIn(StrictModel):
    """What a team writes: to the customer, or as a note for the house alone."""

    kind: AnswerKind = AnswerKind.ANSWER
    text: Prose
    by: By


class ResolutionIn(StrictModel):
    """How the complaint ends, in words for the customer."""

    resolution: Resolution
    text: Prose
    by: By


class ReopeningIn(StrictModel):
    """Why a resolved complaint is taken up again."""

    text: Prose
    by: By


@router.post("/answers", status_code=201)
async def post_answer(
    complaint_id: ComplaintId, body: AnswerIn, database: DatabaseDep, now: Now, once: OnceDep
) -> ComplaintOut:
    """Acknowledge or answer the complaint, or write an internal note, which changes no status."""
    complaint = await answer_complaint(
        database, complaint_id, body.kind, text=body.text, by=body.by, at=now, once=once
    )
    return ComplaintOut.of(complaint)


@router.post("/resolve")
async def post_resolution(
    complaint_id: ComplaintId, body: ResolutionIn, database: DatabaseDep, now: Now, once: OnceDep
) -> ComplaintOut:
    """End the complaint with a decision that is communicated to the customer."""
    complaint = await resolve_complaint(
        database, complaint_id, body.resolution, text=body.text, by=body.by, at=now, once=once
    )
    return ComplaintOut.of(complaint)


@router.post("/reopen")
async def post_reopening(
    complaint_id: ComplaintId, body: ReopeningIn, database: DatabaseDep, now: Now, once: OnceDep
) -> ComplaintOut:
    """Take a resolved complaint up again; its team keeps it."""
    complaint = await reopen_complaint(
        database, complaint_id, text=body.text, by=body.by, at=now, once=once
    )
    return ComplaintOut.of(complaint)
