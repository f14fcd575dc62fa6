"""Registering goods that came back, with the order they belong to or without one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.errors import Invalid
from chassis.identity.aliases import owner_of
from chassis.identity.tombstones import is_erased
from chassis.outbox import announce
from orders.domain.allocation import leave
from orders.domain.commercial import OrderNotFound, begin_shipping
from orders.domain.order import Packing
from orders.domain.placing import CustomerState
from orders.domain.references import Fact, Request, reused
from orders.domain.taking_back import (
    Return,
    SoldLine,
    check_after_sale,
    check_currency,
    check_worth,
    order_unknown,
    take_back,
)
from orders.events import RETURN, SHIPMENT, OrderReturned
from orders.store.aliases import shut_out_unmerges
from orders.store.claims import ClaimCipher, keep_claims
from orders.store.order_lines import save_allocations
from orders.store.orders import load_order, lock_order, set_commercial
from orders.store.parcels import insert_shipment
from orders.store.references import keep_for_review
from orders.store.returns import first_return, insert_return, returned_of, set_announced

if TYPE_CHECKING:
    from chassis.database import Database, Transaction
    from orders.domain.order import Order


@dataclass(frozen=True, slots=True)
class Registered:
    """A return, and whether an earlier request had stored it."""

    value: Return
    is_replayed: bool


class _ReferenceTakenMeanwhile(Exception):
    """Another request stored the same reference first: look again."""


async def register_return(
    database: Database, cipher: ClaimCipher, told: Return, *, request: Request, claim: bytes | None
) -> Registered:
    """Store a return; the same body under its reference gives the first one again.

    Another body is refused and kept for review. With an order, its lines must have that much to
    give back, and its customer is the return's unless another is told.
    """
    try:
        outcome = await _register(database, cipher, told, request=request, claim=claim)
    except _ReferenceTakenMeanwhile:
        outcome = await _register(database, cipher, told, request=request, claim=claim)
    if isinstance(outcome, Invalid):
        raise outcome
    return outcome


async def _register(
    database: Database, cipher: ClaimCipher, told: Return, *, request: Request, claim: bytes | None
) -> Registered | Invalid:
    async with unit_of_work(database) as tx:
        await shut_out_unmerges(tx)
        first = await first_return(tx, told.source, told.external_ref)
        if first is not None:
            return await _answer_again(tx, first, request)
        order = await _order_of(tx, told)
        new = told if order is None else await _take_back(tx, told, order)
        new = await _of_present_customer(tx, new, order)
        if not await insert_return(tx, new, request):
            raise _ReferenceTakenMeanwhile
        if claim is not None and new.erased_at is None:
            claims = [(new.id, claim)]
            await keep_claims(tx, cipher, claims, kind=Fact.RETURN, at=new.received_at)
        elif order is None or order.customer is not CustomerState.PENDING or new.customer_id:
            await announce(
                tx,
                OrderReturned.of(new),
                key=RETURN.show(new.id),
                sequence=1,
                at=new.received_at,
            )
            await set_announced(tx, new, at=new.received_at)
        if order is not None:
            after = await load_order(tx, order.id)
            await set_commercial(tx, after, after.settled)
        return Registered(new, is_replayed=False)


async def _answer_again(
    tx: Transaction, first: tuple[bytes, Return], request: Request
) -> Registered | Invalid:
    body_hash, earlier = first
    if body_hash == request.body_hash:
        return Registered(earlier, is_replayed=True)
    reference = earlier.source, earlier.external_ref
    await keep_for_review(
        tx, kind=Fact.RETURN, reference=reference, first_id=earlier.id, request=request
    )
    return reused(Fact.RETURN, source=earlier.source, external_ref=earlier.external_ref)


async def _order_of(tx: Transaction, told: Return) -> Order | None:
    if told.order_id is None:
        return None
    try:
        await lock_order(tx, told.order_id)
    except OrderNotFound as error:
        raise order_unknown() from error
    return await load_order(tx, told.order_id)


async def _take_back(tx: Transaction, told: Return, order: Order) -> Return:
    """Match the return with its order; what nobody told had left, has left by now."""
    check_currency(told.currency, order=order.currency)
    check_after_sale(told.returned_at, placed_at=order.placed_at, received_at=order.received_at)
    sold = [SoldLine.of(line, tax_is_added=not order.prices_include_tax) for line in order.lines]
    taken = take_back(told.lines, sold)
    check_worth(
        replace(told, lines=taken.lines),
        sold,
        shipping_minor=order.shipping_minor,
        returned_minor=await returned_of(tx, order.id),
    )
    if taken.untold:
        shipment_id = SHIPMENT.new()
        packing = [
            Packing(shipment_id, None, line_no, count) for line_no, count in taken.untold.items()
        ]
        await insert_shipment(
            tx,
            order,
            shipment_id=shipment_id,
            packing=packing,
            at=told.received_at,
        )
        await save_allocations(tx, order, leave(order.lines, taken.untold, None))
        await set_commercial(tx, order, begin_shipping(order.commercial))
    if told.customer_id is not None or told.erased_at is not None:
        return replace(told, lines=taken.lines)
    return replace(
        told,
        lines=taken.lines,
        customer_id=order.customer_id,
        told_customer_id=order.told_customer_id,
        source_record_id=order.source_record_id,
    )


async def _of_present_customer(tx: Transaction, new: Return, order: Order | None) -> Return:
    """Give the return of whom it is now; of who was erased nothing personal is stored."""
    if new.told_customer_id is None or new.erased_at is not None:
        of_erased = order is not None and order.customer is CustomerState.ERASED
        return new.erased(at=new.received_at) if of_erased else new
    if await is_erased(tx, new.told_customer_id, new.source_record_id):
        return new.erased(at=new.received_at)
    present = await owner_of(tx, new.told_customer_id, new.source_record_id)
    return replace(new, customer_id=present)
