"""Placing orders, many at once: take each reference, store, announce, answer after the commit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from chassis.database import mark_announced, snapshot
from chassis.errors import FieldProblem, Refusal
from chassis.hot import hot_unit_of_work
from chassis.idempotency import KeyReused
from chassis.outbox import OutboxRow, outbox_row
from chassis.tracing import continue_trace
from orders.domain.messages import confirmed_note
from orders.domain.placing import NewOrder, Receipt, receipt_for
from orders.domain.references import Fact, reused
from orders.domain.years import OrderArchived
from orders.events import ORDER, OrderPlaced, PlacedLine
from orders.store.aliases import pass_gate
from orders.store.claims import ClaimCipher, keep_claims
from orders.store.contacts import keep_contacts
from orders.store.details import keep_details
from orders.store.messages import note_messages
from orders.store.payments import keep_payments
from orders.store.placing import place, take_references
from orders.store.references import first_answers, keep_for_review
from orders.store.years import is_of_no_year, kept_years

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from uuid import UUID

    from chassis.database import Database, Transaction

Outcome: TypeAlias = Receipt | Refusal
"""The answer to one of many: a refusal is a value here, because the others must still commit."""


async def place_orders(
    database: Database, cipher: ClaimCipher, orders: Sequence[NewOrder]
) -> list[Outcome]:
    """Store orders in one transaction and give each its outcome, in their sequence.

    The reference row is the order's idempotency row: the first request under it is stored, the
    same body again gets the first answer, and another body is refused and kept for review. One of
    a year that was put away gets an id of now, and lies in the present year.
    """
    try:
        return await _place_all(database, cipher, orders)
    except Exception as error:
        if not is_of_no_year(error):
            raise
    async with snapshot(database) as connection:
        kept = await kept_years(connection)
    return await _place_all(database, cipher, [_within(order, kept) for order in orders])


def _within(order: NewOrder, kept: Container[int]) -> NewOrder:
    if order.placed_at.year in kept:
        return order
    return replace(order, id=ORDER.new(at=order.request.received_at))


async def _place_all(
    database: Database, cipher: ClaimCipher, orders: Sequence[NewOrder]
) -> list[Outcome]:
    async with hot_unit_of_work(database) as (tx, connection):
        await pass_gate(connection)
        free = await take_references(connection, orders)
        fresh = [order.owned_by(free[order.id]) for order in orders if order.id in free]
        if fresh:
            await place(connection, fresh, [_announcement(order) for order in fresh])
            await _keep_personal_data(tx, cipher, fresh)
            await keep_payments(tx, fresh)
            await keep_details(tx, fresh)
            await note_messages(
                tx,
                [
                    confirmed_note(order.id, at=order.placed_at)
                    for order in fresh
                    if order.confirmed and order.contact is not None
                ],
            )
            mark_announced(tx)
        receipts: dict[UUID, Outcome] = {order.id: receipt_for(order) for order in fresh}
        if len(fresh) < len(orders):
            known = [order for order in orders if order.id not in free]
            receipts |= await _answer_again(tx, known)
    return [receipts[order.id] for order in orders]


async def _keep_personal_data(
    tx: Transaction, cipher: ClaimCipher, orders: Sequence[NewOrder]
) -> None:
    claims = [(order.id, order.whose.claim) for order in orders if order.whose.claim is not None]
    await keep_claims(tx, cipher, claims, kind=Fact.ORDER, at=orders[0].request.received_at)
    await keep_contacts(tx, orders)


async def _answer_again(tx: Transaction, orders: Sequence[NewOrder]) -> dict[UUID, Outcome]:
    first = await first_answers(tx, [(order.source, order.external_ref) for order in orders])
    outcomes: dict[UUID, Outcome] = {}
    for order in orders:
        reference = order.source, order.external_ref
        if reference not in first:
            outcomes[order.id] = _key_reused()
            continue
        body_hash, receipt = first[reference]
        if receipt is None:
            outcomes[order.id] = OrderArchived(OrderArchived.title)
            continue
        if body_hash == order.request.body_hash:
            outcomes[order.id] = receipt
            continue
        await keep_for_review(
            tx,
            kind=Fact.ORDER,
            reference=reference,
            first_id=receipt.order_id,
            request=order.request,
        )
        outcomes[order.id] = reused(
            Fact.ORDER, source=order.source, external_ref=order.external_ref
        )
    return outcomes


def _key_reused() -> KeyReused:
    mend = "Use a new key for a new order, or send the first order unchanged."
    field = FieldProblem("Idempotency-Key", "was used for another order", mend)
    return KeyReused(mend, fields=[field])


def _announcement(order: NewOrder) -> OutboxRow:
    event = OrderPlaced(
        order_id=order.id,
        source=order.source,
        external_ref=order.external_ref,
        customer_id=order.whose.customer_id,
        told_customer_id=order.whose.told_customer_id,
        source_record_id=order.whose.source_record_id,
        channel=order.channel,
        store=order.store,
        country=order.country,
        brand=order.brand,
        currency=order.currency,
        total_minor=order.total_minor,
        placed_at=order.placed_at,
        placed_on=order.placed_on,
        lines=tuple(
            PlacedLine(
                sku=line.sku,
                category=line.category,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                total_minor=line.total_minor,
            )
            for line in order.lines
        ),
    )
    continue_trace(order.request.traceparent)
    return outbox_row(event, key=ORDER.show(order.id), sequence=1, at=order.request.received_at)
