"""Payments of orders in the database: appended, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from orders.domain.commercial import Commercial
from orders.domain.payments import Payment, PaymentKind
from orders.domain.settling import OrderPayments, Paid, add_up
from orders.store.fulfilment_tables import exchanges
from orders.store.tables import order_payments, returns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.order import Order
    from orders.domain.placing import NewOrder


async def payments_of_order(connection: AsyncConnection, order: Order) -> OrderPayments:
    """Give an order's payments, and what they come to with its returns and exchanges."""
    unpaid = await _unpaid(connection, order)
    payments = await _payments_of(connection, order.id)
    return OrderPayments(order.id, order.currency, add_up(unpaid, payments), payments)


async def _payments_of(connection: AsyncConnection, order_id: UUID) -> tuple[Payment, ...]:
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
            authorisation=row.authorisation,
        )
        for row in await connection.execute(statement)
    )


async def _unpaid(connection: AsyncConnection, order: Order) -> Paid:
    of_order = returns.c.order_id == order.id
    statement = select(
        _sum(select(exchanges.c.credit_minor).where(exchanges.c.order_id == order.id)).label(
            "credit"
        ),
        _sum(select(returns.c.refund_minor).where(of_order)).label("returned"),
        _sum(
            select(exchanges.c.credit_minor)
            .join_from(exchanges, returns, exchanges.c.return_id == returns.c.id)
            .where(of_order)
        ).label("exchanged"),
    )
    sums = (await connection.execute(statement)).one()
    return Paid(
        total_minor=order.present_total_minor,
        is_cancelled=order.commercial is Commercial.CANCELLED,
        returned_minor=int(sums.returned),
        credit_minor=int(sums.credit),
        exchanged_minor=int(sums.exchanged),
    )


def _sum(amounts: Select[tuple[int]]) -> ColumnElement[int]:
    told = amounts.subquery()
    return select(func.coalesce(func.sum(told.c[0]), 0)).scalar_subquery()


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
        "authorisation": payment.authorisation,
        "amount_minor": payment.amount_minor,
        "at": payment.at,
        "received_at": received_at,
    }
