"""Where customer ids lead, as it was told, and whose the facts of a source record are.

`customer_moves` and `record_moves` keep what was told last; `customer_aliases` is what that comes
to: each retired id with its present survivor, never a chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.domain.aliases import Move, present_ids
from segmentation.store.arrays import columns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chassis.database import Transaction
    from segmentation.domain.aliases import RecordMove

_RESOLVE = "SELECT retired_id, survivor_id FROM customer_aliases WHERE retired_id = ANY($1)"
_ALL_IDS = "SELECT retired_id FROM customer_aliases WHERE survivor_id = $1 ORDER BY retired_id"
_NOTE = """
INSERT INTO customer_moves AS known (customer_id, leads_to, moved_at, sequence, merged_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::timestamptz[])
ON CONFLICT (customer_id) DO UPDATE SET
    leads_to = CASE WHEN (excluded.moved_at, excluded.sequence) > (known.moved_at, known.sequence)
        THEN excluded.leads_to ELSE known.leads_to END,
    sequence = CASE WHEN (excluded.moved_at, excluded.sequence) > (known.moved_at, known.sequence)
        THEN excluded.sequence ELSE known.sequence END,
    moved_at = greatest(excluded.moved_at, known.moved_at),
    merged_at = greatest(excluded.merged_at, known.merged_at)
"""
_NOTE_RECORDS = """
INSERT INTO record_moves AS known (source_record_id, customer_id, moved_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
ON CONFLICT (source_record_id) DO UPDATE SET (customer_id, moved_at)
    = (excluded.customer_id, excluded.moved_at)
WHERE excluded.moved_at > known.moved_at
"""
_KIN = """
WITH RECURSIVE kin (id) AS (
    SELECT unnest($1::text[]) COLLATE "C"
    UNION
    SELECT next.id FROM kin CROSS JOIN LATERAL (
        SELECT leads_to AS id FROM customer_moves
        WHERE customer_id = kin.id AND leads_to IS NOT NULL
        UNION ALL
        SELECT customer_id FROM customer_moves WHERE leads_to = kin.id
    ) AS next
)
SELECT customer_id, leads_to, moved_at, sequence, merged_at
FROM customer_moves JOIN kin ON kin.id = customer_moves.customer_id
"""
_END = "DELETE FROM customer_aliases WHERE retired_id = ANY($1)"
_LEAD = """
INSERT INTO customer_aliases (retired_id, survivor_id, merged_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
ON CONFLICT (retired_id) DO UPDATE SET (survivor_id, merged_at)
    = (excluded.survivor_id, excluded.merged_at)
"""


async def resolve(tx: Transaction, customer_ids: Collection[str]) -> dict[str, str]:
    """Give the survivor of each retired id among these."""
    connection = await driver(tx)
    rows = await connection.fetch(_RESOLVE, list(customer_ids))
    return {row["retired_id"]: row["survivor_id"] for row in rows}


async def all_ids_of(tx: Transaction, customer_id: str) -> list[str]:
    """Give a customer's present id, first, and all ids that were retired in its favour."""
    present = (await resolve(tx, [customer_id])).get(customer_id, customer_id)
    connection = await driver(tx)
    return [present, *(row["retired_id"] for row in await connection.fetch(_ALL_IDS, present))]


async def note_records(tx: Transaction, moves: Sequence[RecordMove]) -> None:
    """Keep whose the facts of source records are, unless something later is known already."""
    if not moves:
        return
    connection = await driver(tx)
    rows = [(move.source_record_id, move.customer_id, move.moved_at) for move in moves]
    await connection.execute(_NOTE_RECORDS, *columns(rows))


async def note_moves(tx: Transaction, moves: Sequence[Move]) -> set[str]:
    """Keep what was told of ids, alone at the gate, unless something later is known already.

    Gives the ids under which facts may stand that must be looked at again.
    """
    connection = await driver(tx)
    rows = [
        (move.customer_id, move.leads_to, move.moved_at, move.sequence, move.merged_at)
        for move in moves
    ]
    await connection.execute(_NOTE, *columns(rows))
    kin = {
        row["customer_id"]: Move(*row.values())
        for row in await connection.fetch(_KIN, [move.customer_id for move in moves])
    }
    wanted, known = present_ids(kin), await resolve(tx, kin)
    changed = {each for each in kin if wanted.get(each) != known.get(each)}
    await connection.execute(_END, sorted(changed - wanted.keys()))
    leading = [
        (each, wanted[each], kin[each].merged_at or kin[each].moved_at)
        for each in sorted(changed & wanted.keys())
    ]
    if leading:
        await connection.execute(_LEAD, *columns(leading))
    return changed | {known[each] for each in changed & known.keys()}
