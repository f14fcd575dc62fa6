"""Claiming a sale that was nobody's: it becomes known later whose it was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from orders.domain.claiming import check_claimable
from orders.domain.order import Order
from orders.domain.references import Fact
from orders.store.claims import ClaimCipher, forget_claim, keep_claims
from orders.store.orders import load_order, lock_order, set_changed

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from chassis.idempotency import Once


async def claim_order(
    database: Database,
    cipher: ClaimCipher,
    order_id: UUID,
    claim: bytes,
    *,
    now: datetime,
    once: Once[Order],
) -> Order:
    """Keep who is said to have bought, for the worker to resolve and link.

    A claim that was given up is replaced. Raises `OrderNotFound`, `OrderHasCustomer`,
    `OrderClaimWaits`, `OrderErased`.
    """
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_claimable(order.customer)
        await forget_claim(tx, order_id)
        await keep_claims(tx, cipher, [(order_id, claim)], kind=Fact.ORDER, at=now)
        await set_changed(tx, order)
        return await once.keep(tx, await load_order(tx, order_id))
