"""To whom customer ids lead, and whose a fact is: its source record's, else the told id's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from chassis.identity.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_ALIASES = TABLES.customer_aliases
_RECORDS = TABLES.record_moves


async def survivor_of(connection: AsyncConnection, customer_id: str) -> str:
    """Give the present id of a customer; an id that was never retired is its own."""
    statement = select(_ALIASES.c.survivor_id).where(_ALIASES.c.retired_id == customer_id)
    return await connection.scalar(statement) or customer_id


async def survivors_of(connection: AsyncConnection, customer_ids: Collection[str]) -> set[str]:
    """Give these ids and all that they lead to."""
    statement = select(_ALIASES.c.survivor_id).where(_ALIASES.c.retired_id.in_(customer_ids))
    return {*customer_ids, *(await connection.scalars(statement))}


async def all_ids_of(connection: AsyncConnection, customer_id: str) -> Sequence[str]:
    """Give a customer's present id, first, and all ids that were retired in its favour."""
    present = await survivor_of(connection, customer_id)
    statement = select(_ALIASES.c.retired_id).where(_ALIASES.c.survivor_id == present)
    return [present, *(await connection.scalars(statement.order_by(_ALIASES.c.retired_id)))]


async def owner_of(tx: Transaction, customer_id: str, source_record_id: UUID | None) -> str:
    """Give whose a fact is that was told with this id, and by this source record if by any."""
    moved = None
    if source_record_id is not None:
        statement = select(_RECORDS.c.customer_id).where(
            _RECORDS.c.source_record_id == source_record_id
        )
        moved = await tx.scalar(statement)
    return await survivor_of(tx, moved or customer_id)
