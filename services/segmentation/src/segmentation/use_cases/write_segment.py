"""Write a segment of the house's own, change it, or end it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chassis.database import lock, unit_of_work
from segmentation.domain.rule_checks import check_rule, never_declared
from segmentation.domain.segments import SegmentUnknown
from segmentation.domain.written_segments import (
    MOST_SEGMENTS,
    SegmentEnded,
    SegmentOfScores,
    TooManySegments,
    WrittenSegment,
    check_version,
)
from segmentation.store import attribute_forms, gate, segments, written_segments

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from segmentation.domain.written_segments import SegmentText


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """Which version a change was made from; `any_will_do` where the caller takes any."""

    version: int | None
    any_will_do: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A segment as it is kept, and the attributes in it that nobody declared so far."""

    segment: WrittenSegment
    never_declared: list[str]


async def write_segment(
    database: Database, slug: str, text: SegmentText, *, made_from: From, now: datetime
) -> Written:
    """Keep a segment; its members are found at once by the worker. The same again changes nothing.

    Raises `RuleNotValid`, `SegmentOfScores`, `SegmentEnded`, `TooManySegments`,
    `PreconditionRequired` and `SegmentChangedMeanwhile`.
    """
    async with unit_of_work(database) as tx:
        known = await _known(tx, slug)
        check_version(known, made_from.version, any_will_do=made_from.any_will_do)
        forms = await attribute_forms.load_all(tx)
        check_rule(text.rule, forms)
        strange = never_declared(text.rule, forms)
        if known is None and await written_segments.count(tx) >= MOST_SEGMENTS:
            raise TooManySegments("End a segment that nobody uses any more: DELETE it.")
        if known is not None and known.text == text:
            return Written(known, strange)
        has_same_members = known is not None and (known.text.rule, known.text.purpose) == (
            text.rule,
            text.purpose,
        )
        segment = WrittenSegment(
            slug=slug,
            text=text,
            version=known.version + 1 if known is not None else 1,
            written_at=now,
            measured_at=known.measured_at if known is not None and has_same_members else None,
            ended_at=None,
        )
        await written_segments.put(tx, segment)
        return Written(segment, strange)


async def end_segment(database: Database, slug: str, *, made_from: From, now: datetime) -> None:
    """End a segment: its members leave it, and its name stays what it was.

    Raises `SegmentUnknown`, `SegmentOfScores`, `SegmentEnded`, `PreconditionRequired` and
    `SegmentChangedMeanwhile`.
    """
    async with unit_of_work(database) as tx:
        known = await _known(tx, slug)
        if known is None:
            raise SegmentUnknown("GET /v1/segments lists them.")
        check_version(known, made_from.version, any_will_do=made_from.any_will_do)
        ended = replace(known, version=known.version + 1, ended_at=now, measured_at=None)
        await written_segments.put(tx, ended)


async def _known(tx: Transaction, slug: str) -> WrittenSegment | None:
    """Find what may be written, alone: nobody writes a segment meanwhile, and no fact is measured.

    Who was measured by the earlier rules can be seen when members of the new one are looked for.
    """
    await lock(tx, "written-segments")
    await gate.enter(tx, alone=True)
    known = await written_segments.find(tx, slug)
    if known is None and await segments.exists(tx, slug):
        raise SegmentOfScores("Choose another name; GET /v1/segments lists those that are taken.")
    if known is not None and known.ended_at is not None:
        raise SegmentEnded("Choose another name.")
    return known
