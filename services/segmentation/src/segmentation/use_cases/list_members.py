"""List the members of a segment, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from segmentation.domain.segments import SegmentUnknown
from segmentation.store import memberships, segments

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database
    from segmentation.domain.members import Member


async def list_members(
    database: Database, slug: str, *, after: UUID | None, limit: int
) -> list[Member]:
    """Give up to `limit` members whose memberships began after the given one.

    Raises `SegmentUnknown`.
    """
    async with snapshot(database) as view:
        if "\0" in slug or not await segments.exists(view, slug):  # no query takes a NUL
            raise SegmentUnknown("GET /v1/segments lists them.")
        return await memberships.page(view, slug, after=after, limit=limit)
