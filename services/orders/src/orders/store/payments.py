"""Payments of orders in the database: appended, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Uuid, bindparam, insert, text

from orders.domain.commercial import Commercial
from orders.domain.payments import Payment, PaymentKind
from orders.domain.settling import OrderPayments, Paid, add_up
from orders.store.tables import order_payments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.order import Order
    from orders.domain.placing import NewOrder


_PAID = text(
    """
    SELECT sums.credit, sums.returned, sums.exchanged, told.kind, told.method, told.reference,
        told.amount_minor, told.at, told.authorisation
    FROM (
        SELECT
            (SELECT coalesce(sum(credit_minor), 0) FROM exchanges
                WHERE order_id = :order_id) AS credit,
            (SELECT coalesce(sum(refund_minor), 0) FROM returns
                WHERE order_id = :order_id) AS returned,
            (SELECT coalesce(sum(credit_minor), 0) FROM exchanges
                JOIN returns ON returns.id = exchanges.return_id
                WHERE returns.order_id = :order_id) AS exchanged
    ) AS sums LEFT JOIN order_payments AS told ON told.order_id = :order_id
    ORDER BY told.position
    """
).bindparams(bindparam("order_id", type_=Uuid))
"""One row for each payment, or one without any: each round trip counts on an order's page."""


async def payments_of_order(connection: AsyncConnection, order: Order) -> OrderPayments:
    """Give an order's payments, and what they come to with its returns and exchanges."""
    rows = (await connection.execute(_PAID, {"order_id": order.id})).all()
    payments = tuple(
        Payment(
            kind=PaymentKind(row.kind),
            method=row.method,
            reference=row.reference,
            amount_minor=row.amount_minor,
            at=row.at,
            authorisation=row.authorisation,
        )
        for row in rows
        if row.kind is not None
    )
    unpaid = Paid(
        total_minor=order.present_total_minor,
        is_cancelled=order.commercial is Commercial.CANCELLED,
        returned_minor=int(rows[0].returned),
        credit_minor=int(rows[0].credit),
        exchanged_minor=int(rows[0].exchanged),
    )
    return OrderPayments(order.id, order.currency, add_up(unpaid, payments), payments)


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
