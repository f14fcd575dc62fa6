"""Which customer a retired id stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.store.arrays import columns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chassis.database import Transaction
    from segmentation.domain.told import Merge

# UNION, not UNION ALL: a circle, which only a mistake could tell, ends instead of running for ever.
_RESOLVE = """
WITH RECURSIVE path AS (
    SELECT asked, asked COLLATE "C" AS reached FROM unnest($1::text[]) AS asked
    UNION
    SELECT path.asked, alias.survivor_id
    FROM path JOIN customer_aliases AS alias ON alias.retired_id = path.reached
)
SELECT asked, reached FROM path
WHERE asked <> reached
    AND NOT EXISTS (SELECT FROM customer_aliases WHERE retired_id = path.reached)
"""
_ADD = """
INSERT INTO customer_aliases (retired_id, survivor_id, merged_at)
SELECT DISTINCT ON (retired_id) retired_id, survivor_id, merged_at
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS told (retired_id, survivor_id, merged_at)
ORDER BY retired_id
ON CONFLICT (retired_id) DO NOTHING
"""


async def resolve(tx: Transaction, customer_ids: Collection[str]) -> dict[str, str]:
    """Give the survivor of each retired id among these, at the end of its chain of merges."""
    if not customer_ids:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(_RESOLVE, list(customer_ids))
    return {row["asked"]: row["reached"] for row in rows}


async def add(tx: Transaction, merges: Sequence[Merge]) -> None:
    """Keep merges; one that is known already changes nothing."""
    connection = await driver(tx)
    rows = [(merge.retired_id, merge.survivor_id, merge.merged_at) for merge in merges]
    await connection.execute(_ADD, *columns(rows))
