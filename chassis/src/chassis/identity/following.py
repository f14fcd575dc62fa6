"""Following merges and unmerges: keep what was told last, work out where ids lead, give facts over.

`customer_moves` and `record_moves` keep what was told last; `customer_aliases` is what that comes
to: each retired id with its present survivor, never a chain. The caller sees to it that nobody
else follows anything meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import any_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from chassis.database import driver
from chassis.identity.moves import Move, present_ids
from chassis.identity.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from asyncpg import Connection, Record
    from sqlalchemy import Table

    from chassis.database import Transaction
    from chassis.identity.moves import Turn

_ALIASES = TABLES.customer_aliases
_RECORDS = TABLES.record_moves

_NOTE = """
INSERT INTO customer_moves AS known (customer_id, leads_to, moved_at, sequence, merged_at)
SELECT DISTINCT ON (told.customer_id) told.*
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::timestamptz[])
    AS told (customer_id, leads_to, moved_at, sequence, merged_at)
ORDER BY told.customer_id, told.moved_at DESC, told.sequence DESC
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
    SELECT customer_id FROM customer_moves WHERE customer_id = ANY($1)
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
"""All that was told of the ids which lead to these or stand at the end of their paths."""

_KNOWN = "SELECT retired_id, survivor_id FROM customer_aliases WHERE retired_id = ANY($1)"
_END = "DELETE FROM customer_aliases WHERE retired_id = ANY($1)"
_LEAD = """
INSERT INTO customer_aliases (retired_id, survivor_id, merged_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
ON CONFLICT (retired_id) DO UPDATE SET (survivor_id, merged_at)
    = (excluded.survivor_id, excluded.merged_at)
"""


async def follow(tx: Transaction, turn: Turn, *tables: Table) -> int:
    """Keep what a merge or an unmerge told, and give the tables' facts to whom they belong by now.

    That holds for what came in between too, and for what comes later or came before. Tells how
    many moved.
    """
    concerned = await note(tx, turn)
    records = [record.source_record_id for record in turn.records]
    return sum([await _repoint(tx, table, concerned, records) for table in tables])


async def note(tx: Transaction, turn: Turn) -> set[str]:
    """Keep what a merge or an unmerge told, unless something later is known already.

    Gives the ids under which facts may stand that must be looked at again.
    """
    connection = await driver(tx)
    if turn.records:
        rows = [(each.source_record_id, each.customer_id, each.moved_at) for each in turn.records]
        await connection.execute(_NOTE_RECORDS, *zip(*rows, strict=True))
    moves = [
        (each.customer_id, each.leads_to, each.moved_at, each.sequence, each.merged_at)
        for each in turn.moves
    ]
    await connection.execute(_NOTE, *zip(*moves, strict=True))
    return await _lay_out(connection, [each.customer_id for each in turn.moves])


async def _lay_out(connection: Connection[Record], ids: Sequence[str]) -> set[str]:
    """Bring the aliases of all kin of these ids up to date; gives the ids that are concerned."""
    moves = {row["customer_id"]: Move(*row.values()) for row in await connection.fetch(_KIN, ids)}
    rows = await connection.fetch(_KNOWN, list(moves))
    wanted = present_ids(moves)
    known: dict[str, str] = {row["retired_id"]: row["survivor_id"] for row in rows}
    changed = {each for each in moves if wanted.get(each) != known.get(each)}
    if ended := changed - wanted.keys():
        await connection.execute(_END, sorted(ended))
    leading = [
        (each, wanted[each], moves[each].merged_at or moves[each].moved_at)
        for each in sorted(changed & wanted.keys())
    ]
    if leading:
        await connection.execute(_LEAD, *zip(*leading, strict=True))
    return changed | {known[each] for each in changed & known.keys()}


async def _repoint(
    tx: Transaction, table: Table, customer_ids: Collection[str], records: Collection[UUID]
) -> int:
    """Look at what stands under one of these ids, or came by one of these source records.

    What an older release stores beside this one has no told id: its customer's is taken for it.
    """
    base = func.coalesce(table.c.told_customer_id, table.c.customer_id)
    concerned = table.c.customer_id == any_(literal(list(customer_ids), ARRAY(Text)))
    if "source_record_id" in table.c:
        by_record = (
            select(_RECORDS.c.customer_id)
            .where(_RECORDS.c.source_record_id == table.c.source_record_id)
            .correlate(table)
            .scalar_subquery()
        )
        base = func.coalesce(by_record, base)
        came_by = any_(literal(list(records), ARRAY(Uuid)))
        concerned = or_(concerned, table.c.source_record_id == came_by)
    present = func.coalesce(
        select(_ALIASES.c.survivor_id)
        .where(_ALIASES.c.retired_id == base)
        .correlate(table)
        .scalar_subquery(),
        base,
    )
    result = await tx.execute(
        update(table).where(concerned, table.c.customer_id != present).values(customer_id=present)
    )
    return result.rowcount
