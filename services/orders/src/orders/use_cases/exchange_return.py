"""Exchanging goods that came back for an order: what they are worth pays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from orders.domain.commercial import OrderNotFound
from orders.domain.exchanging import exchange
from orders.domain.taking_back import order_unknown
from orders.store.exchanges import exchange_of, insert_exchange
from orders.store.orders import load_order, lock_order
from orders.store.returns import load_return, lock_return

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from orders.domain.exchanging import Exchange


async def exchange_return(
    database: Database,
    return_id: UUID,
    order_id: UUID,
    credit_minor: int | None,
    *,
    now: datetime,
) -> Exchange:
    """Store which order a return was exchanged for; the same again gives the first one."""
    async with unit_of_work(database) as tx:
        try:
            await lock_order(tx, order_id)
        except OrderNotFound as error:
            raise order_unknown() from error
        await lock_return(tx, return_id)
        told, order = await load_return(tx, return_id), await load_order(tx, order_id)
        known = await exchange_of(tx, return_id)
        new = exchange(told, order, credit_minor, known=known, at=now)
        if known is None:
            await insert_exchange(tx, new)
        return new
