"""Exchanging goods that came back for an order: what they are worth pays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from orders.domain.commercial import OrderNotFound
from orders.domain.exchanging import exchange
from orders.domain.taking_back import order_unknown
from orders.store.exchanges import exchange_of, insert_exchange
from orders.store.orders import load_order, load_orders, lock_orders
from orders.store.payments import payments_of_order
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
    """Store which order a return was exchanged for; the same again gives the first one.

    The order that the goods came back from is locked as well: nobody refunds them meanwhile.
    """
    async with unit_of_work(database) as tx:
        told = await load_return(tx, return_id)
        origin_id = told.order_id
        await lock_orders(tx, {order_id, origin_id or order_id})
        await lock_return(tx, return_id)
        try:
            order = await load_order(tx, order_id)
        except OrderNotFound as error:
            raise order_unknown() from error
        returned_from = None
        if origin_id is not None:
            for origin in await load_orders(tx, [origin_id]):
                returned_from = (await payments_of_order(tx, origin)).paid
        known = await exchange_of(tx, return_id)
        new = exchange(told, order, credit_minor, known=known, returned_from=returned_from, at=now)
        if known is None:
            await insert_exchange(tx, new)
        return new
