"""Where customer ids lead, as it was told, and whose the complaints of a source record are.

`customer_moves` and `record_moves` keep what was told last; `customer_aliases` is what that comes
to: each retired id with its present survivor, never a chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from complaints.domain.aliases import Move, RecordMove, present_ids
from complaints.store.tables import customer_aliases, customer_moves, record_moves

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_MERGES_LOCK = 4_303_001

_KIN = text(
    """
    WITH RECURSIVE kin (id) AS (
        SELECT unnest(CAST(:ids AS text[]))
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


async def shut_out_merges(tx: Transaction) -> None:
    """Let no merge, unmerge or erasure be followed until this transaction ends.

    Whoever stores a customer id takes this before it looks up aliases. Without it, a merge could
    re-point all rows between the look-up and the commit, and miss the new one.
    """
    await tx.execute(select(func.pg_advisory_xact_lock_shared(_MERGES_LOCK)))


async def shut_out_writers(tx: Transaction) -> None:
    """Let nobody store a customer id until this merge, unmerge or erasure has been followed."""
    await tx.execute(select(func.pg_advisory_xact_lock(_MERGES_LOCK)))


async def survivor_of(connection: AsyncConnection, customer_id: str) -> str:
    """Give the present id of a customer; an id that was never retired is its own."""
    statement = select(customer_aliases.c.survivor_id).where(
        customer_aliases.c.retired_id == customer_id
    )
    return await connection.scalar(statement) or customer_id


async def survivors_of(connection: AsyncConnection, customer_ids: Collection[str]) -> set[str]:
    """Give these ids and all that they lead to."""
    statement = select(customer_aliases.c.survivor_id).where(
        customer_aliases.c.retired_id.in_(customer_ids)
    )
    return {*customer_ids, *(await connection.scalars(statement))}


async def owner_of(tx: Transaction, customer_id: str, source_record_id: UUID | None) -> str:
    """Give whose a fact is that was told with this id, and by this source record if by any."""
    moved = None
    if source_record_id is not None:
        statement = select(record_moves.c.customer_id).where(
            record_moves.c.source_record_id == source_record_id
        )
        moved = await tx.scalar(statement)
    return await survivor_of(tx, moved or customer_id)


async def all_ids_of(connection: AsyncConnection, customer_id: str) -> Sequence[str]:
    """Give a customer's present id, first, and all ids that were retired in its favour."""
    present = await survivor_of(connection, customer_id)
    statement = select(customer_aliases.c.retired_id).where(
        customer_aliases.c.survivor_id == present
    )
    return [present, *(await connection.scalars(statement))]


async def note_moves(tx: Transaction, moves: Sequence[Move]) -> set[str]:
    """Keep what was told of ids, under `shut_out_writers`, unless something later is known already.

    Gives the ids under which facts may stand that must be looked at again.
    """
    for move in moves:
        statement = insert(customer_moves).values(
            customer_id=move.customer_id,
            leads_to=move.leads_to,
            moved_at=move.moved_at,
            sequence=move.sequence,
            merged_at=move.merged_at,
        )
        told, known = statement.excluded, customer_moves.c
        is_later = tuple_(told.moved_at, told.sequence) > tuple_(known.moved_at, known.sequence)
        await tx.execute(
            statement.on_conflict_do_update(
                index_elements=["customer_id"],
                set_={
                    "leads_to": case((is_later, told.leads_to), else_=known.leads_to),
                    "moved_at": case((is_later, told.moved_at), else_=known.moved_at),
                    "sequence": case((is_later, told.sequence), else_=known.sequence),
                    "merged_at": func.greatest(told.merged_at, known.merged_at),
                },
            )
        )
    return await _lay_out(tx, {move.customer_id for move in moves})


async def note_records(tx: Transaction, moves: Sequence[RecordMove]) -> None:
    """Keep whose the facts of source records are, unless something later is known already."""
    if not moves:
        return
    statement = insert(record_moves).values(
        [
            {
                "source_record_id": move.source_record_id,
                "customer_id": move.customer_id,
                "moved_at": move.moved_at,
            }
            for move in moves
        ]
    )
    told = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["source_record_id"],
            set_={"customer_id": told.customer_id, "moved_at": told.moved_at},
            where=told.moved_at > record_moves.c.moved_at,
        )
    )


async def _lay_out(tx: Transaction, ids: Collection[str]) -> set[str]:
    """Bring the aliases of all kin of these ids up to date."""
    rows = await tx.execute(_KIN, {"ids": list(ids)})
    moves = {row.customer_id: Move(*row) for row in rows}
    wanted = present_ids(moves)
    known = await _aliases_of(tx, moves)
    changed = {each for each in moves if wanted.get(each) != known.get(each)}
    ended = [each for each in changed if each not in wanted]
    if ended:
        await tx.execute(delete(customer_aliases).where(customer_aliases.c.retired_id.in_(ended)))
    for retired_id in sorted(changed & wanted.keys()):
        move = moves[retired_id]
        values = {
            "survivor_id": wanted[retired_id],
            "merged_at": move.merged_at or move.moved_at,
        }
        statement = insert(customer_aliases).values(retired_id=retired_id, **values)
        await tx.execute(
            statement.on_conflict_do_update(index_elements=["retired_id"], set_=values)
        )
    return changed | {known[each] for each in changed & known.keys()}


async def _aliases_of(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    statement = select(customer_aliases.c.retired_id, customer_aliases.c.survivor_id).where(
        customer_aliases.c.retired_id.in_(ids)
    )
    return {row.retired_id: row.survivor_id for row in await tx.execute(statement)}
