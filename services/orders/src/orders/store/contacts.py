"""An order's own snapshot of whom to write to: kept apart, so that it can be erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from orders.store.tables import order_contacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.placing import NewOrder


async def keep_contacts(tx: Transaction, orders: Sequence[NewOrder]) -> None:
    """Store the snapshots of those orders that have one."""
    rows = [
        {"order_id": order.id, "placed_at": order.placed_at, "contact": order.contact}
        for order in orders
        if order.contact is not None
    ]
    if rows:
        await tx.execute(insert(order_contacts), rows)


async def contact_of(connection: AsyncConnection, order_id: UUID) -> dict[str, Any] | None:
    """Give the order's snapshot, unless there is none or it was erased."""
    statement = select(order_contacts.c.contact).where(order_contacts.c.order_id == order_id)
    return await connection.scalar(statement)
