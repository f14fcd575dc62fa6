"""The segments and their members."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from chassis.api import DatabaseDep, principal_of, requires
from chassis.global_ids import GlobalId
from chassis.ids import IdType, InvalidId
from chassis.paging import Cursor, InvalidCursor, Limit, Page, decode_cursor, encode_cursor
from chassis.versions import etag
from segmentation.api.customers import ScoresOut
from segmentation.api.rule_bodies import RuleBody
from segmentation.domain.members import Member
from segmentation.domain.segments import Range, Segment, SegmentRule
from segmentation.domain.written_segments import WrittenSegment
from segmentation.events import ProfileId
from segmentation.use_cases.list_members import list_members
from segmentation.use_cases.list_segments import find_segment, list_segments

router = APIRouter(
    prefix="/v1/segments", tags=["segments"], dependencies=[requires("segments:read")]
)

INDICATORS = "indicators"
"""What field policies and purviews call what is counted and concluded of customers."""

MEMBERSHIP = IdType("mbr")


class RangeOut(BaseModel):
    """Scores from `lowest` to `highest`, both included."""

    lowest: int
    highest: int

    @staticmethod
    def of(scores: Range) -> RangeOut:
        return RangeOut(lowest=scores.lowest, highest=scores.highest)


class RuleOut(BaseModel):
    """Who has all three scores in these ranges is in the segment."""

    recency: RangeOut
    frequency: RangeOut
    monetary: RangeOut

    @staticmethod
    def of(rule: SegmentRule) -> RuleOut:
        return RuleOut(
            recency=RangeOut.of(rule.recency),
            frequency=RangeOut.of(rule.frequency),
            monetary=RangeOut.of(rule.monetary),
        )


class RuleOfOut(BaseModel):
    """What the house wrote; until `measured_at` is set members are still being found."""

    purpose: str
    rule: RuleBody
    version: int
    written_at: datetime
    measured_at: datetime | None

    @staticmethod
    def of(segment: WrittenSegment) -> RuleOfOut:
        return RuleOfOut(
            purpose=segment.text.purpose,
            rule=RuleBody.of(segment.text.rule),
            version=segment.version,
            written_at=segment.written_at,
            measured_at=segment.measured_at,
        )


class SegmentOut(BaseModel):
    """A segment, how many members it has now, and what makes it.

    A segment of scores has `rules`; one that the house wrote has `written`.
    """

    slug: str
    name: str
    description: str
    rules: list[RuleOut]
    members: int
    written: RuleOfOut | None

    @staticmethod
    def of(segment: Segment) -> SegmentOut:
        return SegmentOut(
            slug=segment.slug,
            name=segment.name,
            description=segment.description,
            rules=[RuleOut.of(rule) for rule in segment.rules],
            members=segment.members,
            written=RuleOfOut.of(segment.written) if segment.written else None,
        )


class MemberOut(BaseModel):
    """A customer in a segment, and since when."""

    customer_id: GlobalId
    profile_id: ProfileId
    entered_at: datetime
    scores: ScoresOut | None

    @staticmethod
    def of(member: Member) -> MemberOut:
        return MemberOut(
            customer_id=member.customer_id,
            profile_id=member.profile_id,
            entered_at=member.entered_at,
            scores=ScoresOut.of(member.scores) if member.scores else None,
        )


@router.get("", summary="List the segments")
async def show_segments(database: DatabaseDep) -> Page[SegmentOut]:
    """All segments: those of scores, best first, then the written ones, each with its members."""
    return Page(items=[SegmentOut.of(each) for each in await list_segments(database)])


@router.get("/{slug}", summary="Show a segment")
async def show_segment(slug: str, database: DatabaseDep, response: Response) -> SegmentOut:
    """One segment, its rules, and how many members it has now; a written one has an ETag."""
    segment = await find_segment(database, slug)
    if segment.written is not None:
        response.headers["ETag"] = etag(segment.written.version)
    return SegmentOut.of(segment)


@router.get("/{slug}/members", summary="List the members of a segment")
async def show_members(
    request: Request,
    slug: str,
    database: DatabaseDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MemberOut]:
    """The members, who has been in the segment longest first.

    Only for who may read the indicators of every home region.
    """
    principal_of(request).purview.refuse_unless_all(INDICATORS)
    members = await list_members(database, slug, after=_read_cursor(cursor), limit=limit + 1)
    page = members[:limit]
    more = len(members) > limit
    return Page(
        items=[MemberOut.of(member) for member in page],
        next_cursor=encode_cursor(MEMBERSHIP.show(page[-1].membership_id)) if more else None,
    )


def _read_cursor(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    [position] = decode_cursor(cursor, parts=1)
    try:
        return MEMBERSHIP.read(str(position))
    except InvalidId as error:
        raise InvalidCursor("Send `next_cursor` as it was given.") from error
