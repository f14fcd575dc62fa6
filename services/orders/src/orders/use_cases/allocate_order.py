"""Reserving an order's goods at locations, picking them there, letting them go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from orders.domain.allocation import check_offered, choose_locations, pick, release
from orders.domain.amending import check_open
from orders.domain.commercial import check_version
from orders.domain.delivery import DeliveryMethod
from orders.domain.order import Order
from orders.store.order_lines import save_allocations
from orders.store.orders import load_order, lock_order, set_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chassis.database import Database
    from chassis.idempotency import Once
    from orders.domain.allocation import Allocations, Offer


_MOST_ON_THE_LOOP = 500
"""How many offered lines are weighed within a few milliseconds; more would keep others waiting."""


async def allocate_order(
    database: Database,
    order_id: UUID,
    offers: Sequence[Offer],
    *,
    expected_version: int | None = None,
    once: Once[Order],
) -> Order:
    """Reserve what is unallocated where it is offered, at as few locations as can be.

    What is to be collected is reserved where it is collected, as far as that is offered. Raises
    `TooMuchOffered`.
    """
    offered = check_offered(offers)

    def chosen(order: Order) -> Allocations:
        agreed = order.delivery
        is_collected = agreed is not None and agreed.method is DeliveryMethod.COLLECT
        preferred = agreed.location if agreed is not None and is_collected else None
        return choose_locations(order.lines, offers, preferred=preferred)

    return await _change(
        database,
        order_id,
        chosen,
        expected_version=expected_version,
        once=once,
        off_the_loop=offered > _MOST_ON_THE_LOOP,
    )


async def pick_order(
    database: Database,
    order_id: UUID,
    location: str,
    told: Mapping[int, int] | None,
    *,
    expected_version: int | None = None,
    once: Once[Order],
) -> Order:
    """Take goods from the shelf of a location: what is told, or all that it keeps."""
    return await _change(
        database,
        order_id,
        lambda order: pick(order.lines, location, told),
        expected_version=expected_version,
        once=once,
    )


async def release_order(
    database: Database,
    order_id: UUID,
    location: str,
    told: Mapping[int, int] | None,
    *,
    expected_version: int | None = None,
    once: Once[Order],
) -> Order:
    """Let go of what a location keeps: what is told, or all of it."""
    return await _change(
        database,
        order_id,
        lambda order: release(order.lines, location, told),
        expected_version=expected_version,
        once=once,
    )


async def _change(
    database: Database,
    order_id: UUID,
    decide: Callable[[Order], Allocations],
    *,
    expected_version: int | None,
    once: Once[Order],
    off_the_loop: bool = False,
) -> Order:
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_version(order.version, expected=expected_version)
        check_open(order)
        changed = await asyncio.to_thread(decide, order) if off_the_loop else decide(order)
        await save_allocations(tx, order, changed)
        await set_changed(tx, order)
        return await once.keep(tx, await load_order(tx, order_id))
