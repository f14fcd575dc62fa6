"""List the segments, or find one by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from segmentation.domain.segments import Segment, SegmentUnknown
from segmentation.store import segments

if TYPE_CHECKING:
    from chassis.database import Database


async def list_segments(database: Database) -> list[Segment]:
    """Give all segments, best first, each with how many members it has now."""
    async with snapshot(database) as view:
        return await segments.list_all(view)


async def find_segment(database: Database, slug: str) -> Segment:
    """Give one segment; raises `SegmentUnknown`."""
    for segment in await list_segments(database):
        if segment.slug == slug:
            return segment
    raise SegmentUnknown("GET /v1/segments lists them.")
