"""Cancelling an order of which nothing has left yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from chassis.outbox import announce
from orders.domain.amending import check_nothing_begun
from orders.domain.commercial import Commercial, check_version, move, reason_code
from orders.domain.messages import MessageKind, Note
from orders.domain.order import Order
from orders.domain.slots import HoldState
from orders.events import ORDER, SLOT_HOLD, OrderCancelled, SlotReleased
from orders.store.exchanges import free_credit
from orders.store.messages import note_messages
from orders.store.order_lines import save_allocations
from orders.store.orders import load_order, lock_order, set_cancelled
from orders.store.slots import booked_for, let_go
from orders.store.zones import lock_zones

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once


async def cancel_order(
    database: Database,
    order_id: UUID,
    *,
    reason: str,
    expected_version: int | None,
    now: datetime,
    once: Once[Order],
) -> Order:
    """Cancel an order; raises the fact that forbids it, or `OrderChangedMeanwhile`."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_version(order.version, expected=expected_version)
        move(order.commercial, Commercial.CANCELLED)
        check_nothing_begun(order)
        kept = None if order.erased_at is not None else reason
        version = await set_cancelled(tx, order, reason=kept, at=now)
        await save_allocations(tx, order, {line.line_no: () for line in order.lines})
        await free_credit(tx, order.id)
        event = OrderCancelled(
            order_id=order.id,
            reason=reason_code(reason),
            cancelled_at=now,
            currency=order.currency,
            total_minor=order.agreed_total_minor,
        )
        note = Note(
            kind=MessageKind.CANCELLED, about_id=order.id, order_id=order.id, happened_at=now
        )
        await note_messages(tx, [note])
        await announce(tx, event, key=ORDER.show(order.id), sequence=version, at=now)
        await _release_places(tx, order.id, now=now)
        return await once.keep(tx, await load_order(tx, order_id))


async def _release_places(tx: Transaction, order_id: UUID, *, now: datetime) -> None:
    """Let the places go that are booked for a locked order in windows that are still to come."""
    places = await booked_for(tx, order_id, after=now)
    if not places:
        return
    await lock_zones(tx, {place.zone for place in places})
    for place in await booked_for(tx, order_id, after=now):
        released = replace(place, state=HoldState.RELEASED, version=place.version + 1)
        await let_go(tx, released)
        event = SlotReleased.of(released, order_id)
        key = SLOT_HOLD.show(place.id)
        await announce(tx, event, key=key, sequence=released.version, at=now)
