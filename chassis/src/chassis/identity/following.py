"""Following merges and unmerges: keep what was told last, work out where ids lead, give facts over.

`customer_moves` and `record_moves` keep what was told last; `customer_aliases` is what that comes
to: each retired id with its present survivor, never a chain. The caller sees to it that nobody
else follows anything meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import any_, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from chassis.identity.moves import Move, present_ids
from chassis.identity.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy import Table

    from chassis.database import Transaction
    from chassis.identity.moves import RecordMove, Turn

_ALIASES = TABLES.customer_aliases
_RECORDS = TABLES.record_moves

_NOTE = text(
    """
    INSERT INTO customer_moves AS known (customer_id, leads_to, moved_at, sequence, merged_at)
    SELECT DISTINCT ON (told.customer_id) told.* FROM unnest(
        CAST(:ids AS text[]), CAST(:ends AS text[]), CAST(:moved AS timestamptz[]),
        CAST(:sequences AS bigint[]), CAST(:merged AS timestamptz[])
    ) AS told (customer_id, leads_to, moved_at, sequence, merged_at)
    ORDER BY told.customer_id, told.moved_at DESC, told.sequence DESC
    ON CONFLICT (customer_id) DO UPDATE SET
        leads_to = CASE
            WHEN (excluded.moved_at, excluded.sequence) > (known.moved_at, known.sequence)
            THEN excluded.leads_to ELSE known.leads_to END,
        sequence = CASE
            WHEN (excluded.moved_at, excluded.sequence) > (known.moved_at, known.sequence)
            THEN excluded.sequence ELSE known.sequence END,
        moved_at = greatest(excluded.moved_at, known.moved_at),
        merged_at = greatest(excluded.merged_at, known.merged_at)
    """
)
_NOTE_RECORDS = text(
    """
    INSERT INTO record_moves AS known (source_record_id, customer_id, moved_at)
    SELECT * FROM unnest(
        CAST(:records AS uuid[]), CAST(:ids AS text[]), CAST(:moved AS timestamptz[])
    )
    ON CONFLICT (source_record_id) DO UPDATE SET (customer_id, moved_at)
        = (excluded.customer_id, excluded.moved_at)
    WHERE excluded.moved_at > known.moved_at
    """
)
_KIN = text(
    """
    WITH RECURSIVE kin (id) AS (
        SELECT customer_id FROM customer_moves WHERE customer_id = ANY(CAST(:ids AS text[]))
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
)
"""All that was told of the ids which lead to these or stand at the end of their paths."""

_LEAD = text(
    """
    INSERT INTO customer_aliases (retired_id, survivor_id, merged_at)
    SELECT * FROM unnest(
        CAST(:ids AS text[]), CAST(:ends AS text[]), CAST(:merged AS timestamptz[])
    )
    ON CONFLICT (retired_id) DO UPDATE SET (survivor_id, merged_at)
        = (excluded.survivor_id, excluded.merged_at)
    """
)


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
    await _note_records(tx, turn.records)
    await _note_moves(tx, turn.moves)
    return await _lay_out(tx, {move.customer_id for move in turn.moves})


async def _note_records(tx: Transaction, moves: Sequence[RecordMove]) -> None:
    if moves:
        told = {
            "records": [move.source_record_id for move in moves],
            "ids": [move.customer_id for move in moves],
            "moved": [move.moved_at for move in moves],
        }
        await tx.execute(_NOTE_RECORDS, told)


async def _note_moves(tx: Transaction, moves: Sequence[Move]) -> None:
    told = {
        "ids": [move.customer_id for move in moves],
        "ends": [move.leads_to for move in moves],
        "moved": [move.moved_at for move in moves],
        "sequences": [move.sequence for move in moves],
        "merged": [move.merged_at for move in moves],
    }
    await tx.execute(_NOTE, told)


async def _lay_out(tx: Transaction, ids: Collection[str]) -> set[str]:
    """Bring the aliases of all kin of these ids up to date."""
    rows = await tx.execute(_KIN, {"ids": list(ids)})
    moves = {row.customer_id: Move(*row) for row in rows}
    wanted, known = present_ids(moves), await _aliases_of(tx, moves)
    changed = {each for each in moves if wanted.get(each) != known.get(each)}
    ended = changed - wanted.keys()
    if ended:
        await tx.execute(delete(_ALIASES).where(_ALIASES.c.retired_id.in_(ended)))
    leading = sorted(changed & wanted.keys())
    if leading:
        led = {
            "ids": leading,
            "ends": [wanted[each] for each in leading],
            "merged": [moves[each].merged_at or moves[each].moved_at for each in leading],
        }
        await tx.execute(_LEAD, led)
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


async def _aliases_of(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    statement = select(_ALIASES.c.retired_id, _ALIASES.c.survivor_id).where(
        _ALIASES.c.retired_id.in_(ids)
    )
    return {row.retired_id: row.survivor_id for row in await tx.execute(statement)}
