"""Segments that the house writes itself, each a rule with a name and a purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, PreconditionFailed, PreconditionRequired

if TYPE_CHECKING:
    from datetime import datetime

    from segmentation.domain.rules import Rule

MOST_SEGMENTS = 100
"""Every fact is measured by all rules, so there is a bound to them."""


class SegmentOfScores(Conflict):
    """The segments that scores make are the product's own."""

    slug = "segment-of-scores"
    title = "The segment is made by scores and cannot be written"


class SegmentEnded(Conflict):
    """A name keeps its meaning: memberships of the past lead to it."""

    slug = "segment-ended"
    title = "The segment has ended, and its name is not given again"


class TooManySegments(Conflict):
    slug = "too-many-segments"
    title = f"There are {MOST_SEGMENTS} written segments already"


class SegmentChangedMeanwhile(PreconditionFailed):
    slug = "segment-changed"
    title = "The segment changed since it was read"


@dataclass(frozen=True, slots=True)
class SegmentText:
    """What a person writes: only values declared for the purpose count (GDPR art. 5 (1) b)."""

    name: str
    description: str
    purpose: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class WrittenSegment:
    """A written segment; until `measured_at` its members are still being found."""

    slug: str
    text: SegmentText
    version: int
    written_at: datetime
    measured_at: datetime | None
    ended_at: datetime | None


def check_version(known: WrittenSegment | None, expected: int | None, *, any_will_do: bool) -> None:
    """Refuse a change made from another version than the present one.

    Raises `PreconditionRequired` and `SegmentChangedMeanwhile`.
    """
    if known is None or any_will_do:
        return
    mend = "Read the segment, make your change, and send its ETag as If-Match."
    if expected is None:
        raise PreconditionRequired(mend, fields=[FieldProblem("If-Match", "is missing", mend)])
    if expected != known.version:
        raise SegmentChangedMeanwhile(mend)
