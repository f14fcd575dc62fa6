"""Booking places in delivery windows for orders, moving them and letting them go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from chassis.outbox import announce
from orders.domain.purchases import PURCHASES
from orders.domain.slots import (
    TAKES_A_PLACE,
    Hold,
    HoldLetGo,
    HoldOfAnotherOrder,
    HoldState,
    OrderHasAPlace,
    check_to_come,
    full,
)
from orders.domain.zones import WINDOW, NoSuchWindow, WindowTooSoon, no_such_zone
from orders.events import SLOT_HOLD, SlotConfirmed, SlotMoved, SlotReleased
from orders.store.orders import load_order, lock_order
from orders.store.slots import (
    Place,
    booked_for,
    load_hold,
    lock_slots,
    overdue_places,
    save_hold,
    save_slots,
)
from orders.store.zones import lock_zones

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction
    from chassis.purview import Purview
    from orders.domain.slots import Slot
    from orders.domain.zones import Zone

_SWEPT_TOGETHER = 200


async def book_hold(
    database: Database, hold_id: UUID, order_id: UUID, *, purview: Purview, now: datetime
) -> Hold:
    """Book a held place for an order; one that expired is taken anew where there is room.

    An order has one place to come; another attempt is booked once its window is over. Raises
    `OrderNotFound`, `OrderAlreadyCancelled`, `OrderAlreadyClosed`, `OrderHasAPlace`,
    `HoldNotFound`, `HoldLetGo`, `HoldOfAnotherOrder`, `WindowTooSoon`, `WindowFull` and
    `HomeRegionClosed`.
    """
    async with unit_of_work(database) as tx:
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        purview.refuse_closed(PURCHASES, order.home_region)
        hold, zone = await _locked(tx, hold_id)
        slots = await _slots(tx, hold, zone, {hold.starts_at}, now=now)
        slot = slots[hold.zone, hold.starts_at]
        hold = _as_of(hold, now)
        match hold.state:
            case HoldState.BOOKED if hold.order_id == order_id:
                return hold
            case HoldState.BOOKED:
                raise HoldOfAnotherOrder("Hold another place for this order.")
            case HoldState.RELEASED:
                raise HoldLetGo("Hold a place again.")
            case _ if hold.starts_at <= now:
                raise WindowTooSoon("The window has begun. Hold a place in a later one.")
            case HoldState.EXPIRED:
                if slot.free < 1:
                    raise full(slot)
            case HoldState.HELD:
                slot = slot.counted(HoldState.HELD, -1)
        check_to_come(order.commercial)
        if others := await booked_for(tx, order_id, after=now - WINDOW):
            raise OrderHasAPlace(f"Move or release {SLOT_HOLD.show(others[0].id)}.")
        booked = replace(hold, state=HoldState.BOOKED, order_id=order_id, version=hold.version + 1)
        await save_slots(tx, [slot.counted(HoldState.BOOKED, 1)])
        await save_hold(tx, booked)
        event = SlotConfirmed(
            hold_id=booked.id,
            order_id=order_id,
            zone=booked.zone,
            starts_at=booked.starts_at,
            ends_at=booked.ends_at,
        )
        key = SLOT_HOLD.show(booked.id)
        await announce(tx, event, key=key, sequence=booked.version, at=now)
        return booked


async def move_hold(
    database: Database, hold_id: UUID, starts_at: datetime, *, now: datetime
) -> Hold:
    """Move a place to another window of its zone: the old one is let go once the new is had.

    Raises `HoldNotFound`, `HoldLetGo`, `ZoneNotFound`, `NoSuchWindow`, `WindowTooSoon`,
    `WindowTooFar`, `WindowBegun` and `WindowFull`.
    """
    async with unit_of_work(database) as tx:
        hold, zone = await _locked(tx, hold_id)
        hold = _as_of(hold, now)
        if hold.state not in TAKES_A_PLACE:
            raise HoldLetGo("Hold a place again.")
        if hold.starts_at == starts_at:
            return hold
        hold.check_not_begun(now)
        if zone is None:
            raise no_such_zone()
        zone.capacity_at(starts_at)
        zone.check_in_time(starts_at, now=now)
        slots = await _slots(tx, hold, zone, {hold.starts_at, starts_at}, now=now)
        old, new = slots[hold.zone, hold.starts_at], slots[hold.zone, starts_at]
        if new.free < 1:
            raise full(new)
        await save_slots(tx, [old.counted(hold.state, -1), new.counted(hold.state, 1)])
        moved = replace(hold, starts_at=starts_at, version=hold.version + 1)
        await save_hold(tx, moved)
        if moved.order_id is not None:
            event = SlotMoved(
                hold_id=moved.id,
                order_id=moved.order_id,
                zone=moved.zone,
                starts_at=moved.starts_at,
                ends_at=moved.ends_at,
                moved_from=hold.starts_at,
            )
            key = SLOT_HOLD.show(moved.id)
            await announce(tx, event, key=key, sequence=moved.version, at=now)
        return moved


async def release_hold(database: Database, hold_id: UUID, *, now: datetime) -> Hold:
    """Let a place go; one that was let go already stays so.

    Raises `HoldNotFound` and `WindowBegun`.
    """
    async with unit_of_work(database) as tx:
        hold, zone = await _locked(tx, hold_id)
        hold = _as_of(hold, now)
        if hold.state not in TAKES_A_PLACE:
            return hold
        hold.check_not_begun(now)
        slots = await _slots(tx, hold, zone, {hold.starts_at}, now=now)
        slot = slots[hold.zone, hold.starts_at]
        released = replace(hold, state=HoldState.RELEASED, version=hold.version + 1)
        await save_slots(tx, [slot.counted(hold.state, -1)])
        await save_hold(tx, released)
        if released.order_id is not None:
            event = SlotReleased.of(released, released.order_id)
            key = SLOT_HOLD.show(released.id)
            await announce(tx, event, key=key, sequence=released.version, at=now)
        return released


async def read_hold(database: Database, hold_id: UUID, *, now: datetime) -> Hold:
    """Give a hold as it is now; raises `HoldNotFound`."""
    async with snapshot(database) as connection:
        return _as_of(await load_hold(connection, hold_id), now)


async def sweep_holds(database: Database, *, now: datetime) -> int:
    """Let go of what is overdue, in some windows; gives in how many."""
    async with unit_of_work(database) as tx:
        places = await overdue_places(tx, now=now, limit=_SWEPT_TOGETHER)
        if places:
            await lock_zones(tx, {zone for zone, _ in places})
            await save_slots(tx, (await lock_slots(tx, places, now=now)).values())
    return len(places)


async def _locked(tx: Transaction, hold_id: UUID) -> tuple[Hold, Zone | None]:
    """Lock the zone of a hold, which is its for ever, and give both as they are then."""
    name = (await load_hold(tx, hold_id)).zone
    zones = await lock_zones(tx, {name})
    return await load_hold(tx, hold_id), zones.get(name)


async def _slots(
    tx: Transaction, hold: Hold, zone: Zone | None, begins: Collection[datetime], *, now: datetime
) -> dict[Place, Slot]:
    """Lock windows of a hold's zone; of one that is sold no more, what is taken stays."""
    capacities: dict[Place, int] = {}
    for at in begins:
        try:
            capacities[hold.zone, at] = 0 if zone is None else zone.capacity_at(at)
        except NoSuchWindow:
            capacities[hold.zone, at] = 0
    slots = await lock_slots(tx, capacities, now=now)
    await save_slots(tx, slots.values())
    return slots


def _as_of(hold: Hold, now: datetime) -> Hold:
    if not hold.is_overdue(now):
        return hold
    return replace(hold, state=HoldState.EXPIRED, version=hold.version + 1)
