"""The segments that the house writes: written, changed, ended, and counted beforehand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.versions import etag
from segmentation.api.rule_bodies import RuleBody, Slug
from segmentation.api.versions import MadeFrom
from segmentation.domain.written_segments import SegmentText
from segmentation.use_cases.preview_segment import preview_segment
from segmentation.use_cases.write_segment import Written, end_segment, write_segment

router = APIRouter(prefix="/v1/segments", tags=["segments"])

_WRITES = [requires("segments:write")]

Words = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
Purpose = Annotated[
    Slug, Field(description="Only values that customers declared for this purpose count.")
]


class RuleIn(StrictModel):
    """A rule, and the purpose that values must have been declared for."""

    purpose: Purpose
    rule: RuleBody

    def text(self) -> SegmentText:
        """Give the segment without a name."""
        return SegmentText("", "", self.purpose, self.rule.rule())


class SegmentIn(RuleIn):
    """A segment that the house writes."""

    name: Words
    description: Words

    def text(self) -> SegmentText:
        """Give what is written."""
        return SegmentText(self.name, self.description, self.purpose, self.rule.rule())


class PreviewOut(BaseModel):
    """How many a rule takes now; `never_declared` are attributes of which nothing was ever told.

    They may be misspelt, sensitive (which are told to nobody), or just new.
    """

    members: int
    never_declared: list[str]


class WrittenOut(BaseModel):
    """A segment as it is kept; its members are being found until `measured_at` is set."""

    slug: str
    name: str
    description: str
    purpose: str
    rule: RuleBody
    version: int
    written_at: datetime
    measured_at: datetime | None
    never_declared: list[str]

    @classmethod
    def of(cls, written: Written) -> WrittenOut:
        segment = written.segment
        return cls(
            slug=segment.slug,
            name=segment.text.name,
            description=segment.text.description,
            purpose=segment.text.purpose,
            rule=RuleBody.of(segment.text.rule),
            version=segment.version,
            written_at=segment.written_at,
            measured_at=segment.measured_at,
            never_declared=written.never_declared,
        )


@router.post("/preview", dependencies=[requires("segments:read")], summary="Try a rule")
async def preview(body: RuleIn, database: DatabaseDep, now: Now) -> PreviewOut:
    """Count whom a rule would take at this moment; nothing is kept."""
    found = await preview_segment(database, body.text(), now=now)
    return PreviewOut(members=found.members, never_declared=found.never_declared)


@router.put("/{slug}", dependencies=_WRITES, summary="Write a segment")
async def put_segment(
    slug: Annotated[Slug, Path()],
    body: SegmentIn,
    database: DatabaseDep,
    made_from: MadeFrom,
    now: Now,
    response: Response,
) -> WrittenOut:
    """Write a segment, or change one as it was read; members come and go by it from now on.

    Who is in it by what is known already is found within seconds.
    """
    written = await write_segment(database, slug, body.text(), made_from=made_from, now=now)
    response.headers["ETag"] = etag(written.segment.version)
    return WrittenOut.of(written)


@router.delete("/{slug}", status_code=204, dependencies=_WRITES, summary="End a segment")
async def delete_segment(
    slug: Annotated[Slug, Path()], database: DatabaseDep, made_from: MadeFrom, now: Now
) -> Response:
    """End a segment: its members leave it. Its name is not given again."""
    await end_segment(database, slug, made_from=made_from, now=now)
    return Response(status_code=204)
