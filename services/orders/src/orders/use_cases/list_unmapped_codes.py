"""Listing the words of carriers that have no known meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from orders.store.unmapped_codes import list_unmapped

if TYPE_CHECKING:
    from chassis.database import Database
    from chassis.purview import Regions
    from orders.domain.unmapped import UnmappedCode


async def list_unmapped_codes(
    database: Database, *, regions: Regions, after: tuple[str, str] | None, limit: int
) -> tuple[list[UnmappedCode], bool]:
    """Give carriers' codes of no known meaning, by carrier and code; and if more follow."""
    async with snapshot(database) as connection:
        found = await list_unmapped(connection, regions=regions, after=after, limit=limit + 1)
        return found[:limit], len(found) > limit
