"""Confirming an order: the house says that it will carry it out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from orders.domain.commercial import Commercial, check_version, move
from orders.domain.order import Order
from orders.store.orders import load_order, lock_order, set_confirmed

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from chassis.idempotency import Once


async def confirm_order(
    database: Database,
    order_id: UUID,
    *,
    expected_version: int | None,
    now: datetime,
    once: Once[Order],
) -> Order:
    """Confirm an order; a confirmed one stays as it is. Raises the fact that forbids it."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_version(order.version, expected=expected_version)
        if order.commercial is not Commercial.CONFIRMED:
            move(order.commercial, Commercial.CONFIRMED)
            await set_confirmed(tx, order, at=now)
        return await once.keep(tx, await load_order(tx, order_id))
