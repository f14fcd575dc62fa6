"""Where customer ids lead, and re-pointing facts: by their source record, else by the id told.

`customer_moves` and `record_moves` keep what was told last; `customer_aliases` is what that comes
to, for every join: each retired id with its present survivor, never a chain.

Facts are re-pointed when a merge is heard of. A fact that is stored at that very moment may keep
the retired id, so readers look under all ids of a customer, and show the present one. Unmerges and
erasures are rare and must miss nothing: they wait until nobody stores a customer id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import any_, case, delete, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Text, Uuid

from chassis.database import lock
from orders.domain.aliases import Move, RecordMove, present_ids
from orders.store.identity_tables import customer_aliases, customer_moves, record_moves
from orders.store.serial_tables import serial_transfers
from orders.store.tables import orders, returns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.hot import Driver

_GATE = 4_404_001
_PASS = f"SELECT pg_advisory_xact_lock_shared({_GATE})"

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


async def pass_gate(connection: Driver) -> None:
    """Keep unmerges and erasures out until this hot transaction ends.

    Whoever stores a customer id calls this before it looks where the id leads.
    """
    await connection.execute(_PASS)


async def shut_out_unmerges(tx: Transaction) -> None:
    """Do the same as `pass_gate` in any other transaction, before it locks any row."""
    await tx.execute(text(_PASS))


async def shut_out_writers(tx: Transaction) -> None:
    """Let nobody store a customer id until this transaction ends."""
    await tx.execute(select(func.pg_advisory_xact_lock(_GATE)))


async def lock_aliases(tx: Transaction) -> None:
    """Let no other merge or unmerge be followed until this transaction ends."""
    await lock(tx, "customer_aliases")


def present_customer_id(table: Table) -> ColumnElement[str | None]:
    """Give the survivor of a row's customer; the query joins `customer_aliases` outwards."""
    return func.coalesce(customer_aliases.c.survivor_id, table.c.customer_id)


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
    """Keep what was told of ids, under `lock_aliases`, unless something later is known already.

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


async def repoint(
    tx: Transaction, *, customer_ids: Collection[str], source_record_ids: Collection[UUID] = ()
) -> int:
    """Give orders, returns and pieces to whom they belong by now; tells how many moved.

    Those that stand under one of these ids, or came by one of these source records, are looked at.
    What an older release stores beside this one has no told id: its customer's is taken for it.
    """
    moved = 0
    for table in (orders, returns, serial_transfers):
        base = func.coalesce(table.c.told_customer_id, table.c.customer_id)
        concerned = table.c.customer_id == any_(literal(list(customer_ids), ARRAY(Text)))
        if "source_record_id" in table.c:
            by_record = (
                select(record_moves.c.customer_id)
                .where(record_moves.c.source_record_id == table.c.source_record_id)
                .correlate(table)
                .scalar_subquery()
            )
            base = func.coalesce(by_record, base)
            came_by = any_(literal(list(source_record_ids), ARRAY(Uuid)))
            concerned = or_(concerned, table.c.source_record_id == came_by)
        present = func.coalesce(
            select(customer_aliases.c.survivor_id)
            .where(customer_aliases.c.retired_id == base)
            .correlate(table)
            .scalar_subquery(),
            base,
        )
        result = await tx.execute(
            update(table)
            .where(concerned, table.c.customer_id != present)
            .values(customer_id=present)
        )
        moved += result.rowcount
    return moved


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
