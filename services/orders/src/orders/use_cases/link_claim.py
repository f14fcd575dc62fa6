"""Linking an order or a return to the customer that identity found for its claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from chassis.identity.aliases import owner_of
from chassis.identity.tombstones import is_erased
from chassis.outbox import announce
from orders.domain.references import Fact
from orders.events import ORDER, RETURN, OrderLinked, OrderReturned
from orders.store.aliases import shut_out_unmerges
from orders.store.claims import SealedClaim, end_claim, forget_claim
from orders.store.erasing import erase_order, erase_return
from orders.store.orders import lock_order, set_customer
from orders.store.returns import set_announced, unannounced_returns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class _Owner:
    customer_id: str
    told_customer_id: str
    source_record_id: UUID


async def link_claim(
    database: Database,
    claim: SealedClaim,
    *,
    customer_id: str,
    source_record_id: UUID,
    now: datetime,
) -> None:
    """Store whose it is, announce it with the returns that waited for it, delete the claim.

    What proves to be an erased customer's is erased instead.
    """
    async with unit_of_work(database) as tx:
        await shut_out_unmerges(tx)
        if await is_erased(tx, customer_id, source_record_id):
            await _erase(tx, claim, now=now)
            return
        present = await owner_of(tx, customer_id, source_record_id)
        owner = _Owner(present, customer_id, source_record_id)
        if claim.kind is Fact.ORDER:
            await _link(tx, claim.fact_id, owner, now=now)
        await _announce_returns(tx, claim, owner, now=now)
        await forget_claim(tx, claim.fact_id)


async def erase_claimed(database: Database, claim: SealedClaim, *, now: datetime) -> None:
    """Erase what is personal of a fact whose claim identity knows to be an erased customer's."""
    async with unit_of_work(database) as tx:
        await shut_out_unmerges(tx)
        await _erase(tx, claim, now=now)


async def give_up_claim(
    database: Database,
    claim: SealedClaim,
    *,
    problem: str,
    fields: Sequence[str] = (),
    now: datetime,
) -> None:
    """Stop trying: the fact stays without a customer, and returns are told without one."""
    async with unit_of_work(database) as tx:
        await _announce_returns(tx, claim, None, now=now)
        await end_claim(tx, claim, problem=problem, fields=fields, at=now)


async def _erase(tx: Transaction, claim: SealedClaim, *, now: datetime) -> None:
    await _announce_returns(tx, claim, None, now=now)
    if claim.kind is Fact.ORDER:
        await erase_order(tx, claim.fact_id, at=now)
    else:
        await erase_return(tx, claim.fact_id, at=now)
    await forget_claim(tx, claim.fact_id)


async def _link(tx: Transaction, order_id: UUID, owner: _Owner, *, now: datetime) -> None:
    version = await set_customer(
        tx,
        order_id,
        customer_id=owner.customer_id,
        told_customer_id=owner.told_customer_id,
        source_record_id=owner.source_record_id,
    )
    if version is None:
        return
    event = OrderLinked(
        order_id=order_id,
        customer_id=owner.customer_id,
        source_record_id=owner.source_record_id,
    )
    await announce(tx, event, key=ORDER.show(order_id), sequence=version, at=now)


async def _announce_returns(
    tx: Transaction, claim: SealedClaim, owner: _Owner | None, *, now: datetime
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
        if owner is not None and one.customer_id is None and one.erased_at is None:
            linked = replace(
                one,
                customer_id=owner.customer_id,
                told_customer_id=owner.told_customer_id,
                source_record_id=owner.source_record_id,
            )
        await set_announced(tx, linked, at=now)
        key = RETURN.show(linked.id)
        await announce(tx, OrderReturned.of(linked), key=key, sequence=1, at=now)
