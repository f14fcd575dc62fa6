"""Reading what is compared of many records at once, to train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from customer.domain.linkage.traits import Traits, unpack

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_COUNT = "SELECT count(*) FROM record_traits"
_ALL = "SELECT traits FROM record_traits ORDER BY source_record_id"
# Which records are taken does not change from run to run.
_SOME = """
SELECT traits FROM record_traits TABLESAMPLE BERNOULLI (:percent) REPEATABLE (1)
ORDER BY source_record_id
"""


async def read_traits(connection: AsyncConnection, *, most: int) -> tuple[list[Traits], int]:
    """Read the traits of all records, or of about `most` of them; and how many there are."""
    count = int(await connection.scalar(text(_COUNT)) or 0)
    if count <= most:
        rows = await connection.execute(text(_ALL))
    else:
        rows = await connection.execute(text(_SOME), {"percent": 100 * most / count})
    read = (unpack(packed) for (packed,) in rows)
    return [traits for traits in read if traits != Traits()], count
