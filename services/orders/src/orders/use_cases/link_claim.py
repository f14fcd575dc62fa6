"""Linking an order or a return to the customer that identity found for its claim."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from chassis.outbox import announce
from orders.domain.references import Fact
from orders.events import ORDER, RETURN, OrderLinked, OrderReturned
from orders.store.aliases import survivor_of
from orders.store.claims import SealedClaim, forget_claim, put_off
from orders.store.orders import lock_order, set_customer
from orders.store.returns import set_announced, unannounced_returns

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction


async def link_claim(
    database: Database,
    claim: SealedClaim,
    *,
    customer_id: str,
    source_record_id: UUID,
    now: datetime,
) -> None:
    """Store whose it is, announce it with the returns that waited for it, delete the claim."""
    async with unit_of_work(database) as tx:
        present = await survivor_of(tx, customer_id)
        if claim.kind is Fact.ORDER:
            version = await set_customer(
                tx, claim.fact_id, customer_id=present, source_record_id=source_record_id
            )
            if version is not None:
                event = OrderLinked(
                    order_id=claim.fact_id,
                    customer_id=present,
                    source_record_id=source_record_id,
                )
                key = ORDER.show(claim.fact_id)
                await announce(tx, event, key=key, sequence=version, at=now)
        await _announce_returns(tx, claim, (present, source_record_id), now=now)
        await forget_claim(tx, claim.fact_id)


async def give_up_claim(
    database: Database, claim: SealedClaim, *, problem: str, now: datetime
) -> None:
    """Stop trying: the fact stays without a customer, and returns are told without one."""
    async with unit_of_work(database) as tx:
        await _announce_returns(tx, claim, None, now=now)
        await put_off(tx, claim, until=None, problem=problem)


async def _announce_returns(
    tx: Transaction, claim: SealedClaim, customer: tuple[str, UUID] | None, *, now: datetime
) -> None:
    of_order = claim.kind is Fact.ORDER
    if of_order:
        await lock_order(tx, claim.fact_id)
    waiting = await unannounced_returns(
        tx,
        order_id=claim.fact_id if of_order else None,
        return_id=None if of_order else claim.fact_id,
    )
    for one in waiting:
        linked = one
        if customer is not None and one.customer_id is None:
            linked = replace(one, customer_id=customer[0], source_record_id=customer[1])
        await set_announced(tx, linked, at=now)
        key = RETURN.show(linked.id)
        await announce(tx, OrderReturned.of(linked), key=key, sequence=1, at=now)
