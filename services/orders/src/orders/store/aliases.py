"""Merges as they were told: each retired customer id with its present survivor, never a chain.

Facts are re-pointed when a merge is heard of. A fact that is stored at that very moment may keep
the retired id, so readers look under all ids of a customer, and show the present one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import lock
from orders.store.tables import customer_aliases, orders, returns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


def present_customer_id(table: Table) -> ColumnElement[str | None]:
    """Give the survivor of a row's customer; the query joins `customer_aliases` outwards."""
    return func.coalesce(customer_aliases.c.survivor_id, table.c.customer_id)


async def survivor_of(connection: AsyncConnection, customer_id: str) -> str:
    """Give the present id of a customer; an id that was never retired is its own."""
    statement = select(customer_aliases.c.survivor_id).where(
        customer_aliases.c.retired_id == customer_id
    )
    return await connection.scalar(statement) or customer_id


async def all_ids_of(connection: AsyncConnection, customer_id: str) -> Sequence[str]:
    """Give a customer's present id, first, and all ids that were retired in its favour."""
    present = await survivor_of(connection, customer_id)
    statement = select(customer_aliases.c.retired_id).where(
        customer_aliases.c.survivor_id == present
    )
    return [present, *(await connection.scalars(statement))]


async def lock_aliases(tx: Transaction) -> None:
    """Let no other merge be followed until this transaction ends."""
    await lock(tx, "customer_aliases")


async def follow_merge(
    tx: Transaction, *, retired_id: str, survivor_id: str, merged_at: datetime
) -> str:
    """Note a merge under `lock_aliases`, whatever was heard before; gives the present survivor.

    Whoever stood for the retired customer's earlier ids is replaced as well, so that no chain
    ever forms.
    """
    present = await survivor_of(tx, survivor_id)
    statement = insert(customer_aliases).values(
        retired_id=retired_id, survivor_id=present, merged_at=merged_at
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["retired_id"], set_={"survivor_id": present, "merged_at": merged_at}
        )
    )
    await tx.execute(
        update(customer_aliases)
        .where(customer_aliases.c.survivor_id == retired_id)
        .values(survivor_id=present)
    )
    return present


async def repoint(tx: Transaction, *, retired_id: str, survivor_id: str) -> int:
    """Give a retired customer's orders and returns to the survivor; tells how many there were."""
    moved = 0
    for table in (orders, returns):
        result = await tx.execute(
            update(table).where(table.c.customer_id == retired_id).values(customer_id=survivor_id)
        )
        moved += result.rowcount
    return moved
