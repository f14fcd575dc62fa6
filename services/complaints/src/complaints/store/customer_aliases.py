"""Merges of customers as they were told, and following an id to the customer it now stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from complaints.store.tables import customer_aliases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_MERGES_LOCK = 4_303_001


async def shut_out_merges(tx: Transaction) -> None:
    """Let no merge be followed until this transaction ends.

    Whoever stores a customer id takes this before it looks up aliases. Without it, a merge could
    re-point all rows between the look-up and the commit, and miss the new one.
    """
    await tx.execute(select(func.pg_advisory_xact_lock_shared(_MERGES_LOCK)))


async def shut_out_writers(tx: Transaction) -> None:
    """Let nobody store a customer id until this merge has been followed."""
    await tx.execute(select(func.pg_advisory_xact_lock(_MERGES_LOCK)))


async def survivor_of(connection: AsyncConnection, customer_id: str) -> str:
    """Follow an id through all merges known so far; an id that was never retired is itself."""
    chain = select(literal(customer_id, Text).label("id")).cte("chain", recursive=True)
    chain = chain.union(
        select(customer_aliases.c.survivor_id).where(customer_aliases.c.retired_id == chain.c.id)
    )
    is_retired = exists().where(customer_aliases.c.retired_id == chain.c.id)
    found = await connection.scalar(select(chain.c.id).where(~is_retired))
    return found or customer_id


async def add_alias(
    tx: Transaction, *, retired_id: str, survivor_id: str, merged_at: datetime
) -> None:
    """Note a merge; one that was noted before stays as it is."""
    await tx.execute(
        insert(customer_aliases)
        .values(retired_id=retired_id, survivor_id=survivor_id, merged_at=merged_at)
        .on_conflict_do_nothing()
    )
