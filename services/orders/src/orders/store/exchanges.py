"""Exchanges in the database: one order for a return, any number of returns for an order."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from orders.domain.exchanging import Exchange
from orders.store.fulfilment_tables import exchanges

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


async def exchange_of(connection: AsyncConnection, return_id: UUID) -> Exchange | None:
    """Give what a return was exchanged for, or None."""
    statement = select(exchanges).where(exchanges.c.return_id == return_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    return Exchange(
        return_id=row.return_id,
        order_id=row.order_id,
        credit_minor=row.credit_minor,
        exchanged_at=row.exchanged_at,
    )


async def insert_exchange(tx: Transaction, new: Exchange) -> None:
    """Store an exchange of a locked order."""
    await tx.execute(insert(exchanges).values(asdict(new)))


async def free_credit(tx: Transaction, order_id: UUID) -> None:
    """Let returns pay for other orders that were exchanged for a locked order."""
    await tx.execute(delete(exchanges).where(exchanges.c.order_id == order_id))
