"""Recording what happened to an order's money, and reading what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from orders.domain.messages import MessageKind, Note, about
from orders.domain.payments import PaymentKind, is_repeated
from orders.domain.settling import OrderPayments, check_payment
from orders.store.messages import note_messages
from orders.store.orders import load_order, lock_order
from orders.store.payments import append_payment, payments_of_order

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from orders.domain.payments import Payment


async def read_payments(database: Database, order_id: UUID) -> OrderPayments:
    """Give an order's payments; raises `OrderNotFound`."""
    async with snapshot(database) as connection:
        order = await load_order(connection, order_id)
        return await payments_of_order(connection, order)


async def pay_order(
    database: Database, order_id: UUID, payment: Payment, *, now: datetime
) -> tuple[OrderPayments, bool]:
    """Append a payment to an order; gives what they come to, and whether it was told before.

    Raises `OrderNotFound`, `PaymentReferenceReused`, and what `check_payment` does.
    """
    async with unit_of_work(database) as tx:
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        known = await payments_of_order(tx, order)
        if is_repeated(payment, known.payments, field=""):
            return known, True
        check_payment(known.paid, payment)
        kept = payment if order.erased_at is None else payment.erased()
        await append_payment(
            tx,
            kept,
            order_id=order_id,
            placed_at=order.placed_at,
            position=len(known.payments) + 1,
            received_at=now,
        )
        if payment.kind is PaymentKind.REFUNDED:
            await note_messages(tx, [_note(order_id, payment)])
        return known.after(kept), False


def _note(order_id: UUID, payment: Payment) -> Note:
    return Note(
        kind=MessageKind.REFUNDED,
        about_id=about(order_id, payment.reference),
        order_id=order_id,
        happened_at=payment.at,
        facts={"refunded_minor": payment.amount_minor},
    )
