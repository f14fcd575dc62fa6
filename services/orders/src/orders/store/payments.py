"""Payments of orders in the database: appended, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from orders.domain.payments import Payment, PaymentKind
from orders.store.tables import order_payments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.placing import NewOrder


async def payments_of(connection: AsyncConnection, order_id: UUID) -> tuple[Payment, ...]:
    """Give an order's payments in the sequence they were told."""
    statement = (
        select(order_payments)
        .where(order_payments.c.order_id == order_id)
        .order_by(order_payments.c.position)
    )
    return tuple(
        Payment(
            kind=PaymentKind(row.kind),
            method=row.method,
            reference=row.reference,
            amount_minor=row.amount_minor,
            at=row.at,
        )
        for row in await connection.execute(statement)
    )


async def append_payment(
    tx: Transaction,
    payment: Payment,
    *,
    order_id: UUID,
    placed_at: datetime,
    position: int,
    received_at: datetime,
) -> None:
    """Store one more payment of a locked order."""
    row = _row(payment, order_id, placed_at, position, received_at)
    await tx.execute(insert(order_payments).values(row))


async def keep_payments(tx: Transaction, orders: Sequence[NewOrder]) -> None:
    """Store the payments that came with new orders."""
    rows = [
        _row(payment, order.id, order.placed_at, position, order.request.received_at)
        for order in orders
        for position, payment in enumerate(order.payments, start=1)
    ]
    if rows:
        await tx.execute(insert(order_payments), rows)


def _row(
    payment: Payment, order_id: UUID, placed_at: datetime, position: int, received_at: datetime
) -> dict[str, object]:
    return {
        "order_id": order_id,
        "position": position,
        "placed_at": placed_at,
        "kind": payment.kind.value,
        "method": payment.method,
        "reference": payment.reference,
        "amount_minor": payment.amount_minor,
        "at": payment.at,
        "received_at": received_at,
    }
