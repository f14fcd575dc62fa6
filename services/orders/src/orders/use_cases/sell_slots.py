"""Holding places in delivery windows, booking, moving and releasing them: never one too many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from chassis.database import snapshot, unit_of_work
from chassis.errors import Refusal
from orders.domain.slots import (
    TAKES_A_PLACE,
    Hold,
    HoldLetGo,
    HoldOfAnotherOrder,
    HoldState,
    NoSuchWindow,
    WindowTooSoon,
    full,
)
from orders.store.slots import (
    Place,
    holds_by_key,
    insert_holds,
    load_hold,
    load_zones,
    lock_slots,
    overdue_places,
    save_hold,
    save_slots,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction
    from orders.domain.slots import NewHold, Slot

HoldOutcome: TypeAlias = Hold | Refusal
"""What came of one of many: a refusal is a value here, because the others must still commit."""

_SWEPT_TOGETHER = 200


async def hold_slots(database: Database, asked: Sequence[NewHold]) -> list[HoldOutcome]:
    """Hold places, many in one transaction, first come first served.

    The same client's key gets the hold it got before, whatever became of it.
    """
    outcomes: dict[tuple[str, str], HoldOutcome] = {}
    async with unit_of_work(database) as tx:
        outcomes |= await _known(tx, asked)
        fresh: dict[tuple[str, str], NewHold] = {}
        for one in asked:
            if one.name not in outcomes:
                fresh.setdefault(one.name, one)
        if fresh:
            outcomes |= await _take(tx, list(fresh.values()))
    return [outcomes[one.name] for one in asked]


async def _known(tx: Transaction, asked: Sequence[NewHold]) -> dict[tuple[str, str], HoldOutcome]:
    """Give the holds that were asked for before; without a key of its own nothing was."""
    names = {one.name for one in asked if one.is_keyed}
    return {**await holds_by_key(tx, names)} if names else {}


async def _take(tx: Transaction, asked: Sequence[NewHold]) -> dict[tuple[str, str], HoldOutcome]:
    capacities: dict[Place, int] = {one.place: one.capacity for one in asked}
    slots = await lock_slots(tx, capacities, now=asked[0].made_at)
    outcomes = await _known(tx, asked)
    taken: list[NewHold] = []
    for one in asked:
        if one.name in outcomes:
            continue
        if slots[one.place].free < 1:
            outcomes[one.name] = full(slots[one.place])
            continue
        slots[one.place] = _counted(slots[one.place], HoldState.HELD, 1)
        outcomes[one.name] = one.hold
        taken.append(one)
    stored = await insert_holds(tx, taken)
    lost = [one for one in taken if one.id not in stored]  # their keys were used at that moment
    for one in lost:
        slots[one.place] = _counted(slots[one.place], HoldState.HELD, -1)
    outcomes |= await _known(tx, lost)
    await save_slots(tx, slots.values())
    return outcomes


async def book_hold(database: Database, hold_id: UUID, order_id: UUID, *, now: datetime) -> Hold:
    """Book a held place for an order; one that expired is taken anew where there is room.

    Raises `HoldNotFound`, `HoldLetGo`, `HoldOfAnotherOrder`, `WindowTooSoon`, `WindowFull`.
    """
    async with unit_of_work(database) as tx:
        hold, slots = await _locked(tx, hold_id, now=now)
        slot = slots[hold.zone, hold.starts_at]
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
                slot = replace(slot, held=slot.held - 1)
        booked = replace(hold, state=HoldState.BOOKED, order_id=order_id)
        await save_slots(tx, [replace(slot, booked=slot.booked + 1)])
        await save_hold(tx, booked)
        return booked


async def move_hold(
    database: Database, hold_id: UUID, starts_at: datetime, *, now: datetime
) -> Hold:
    """Move a place to another window of its zone: the old one is let go once the new is had.

    Raises `HoldNotFound`, `HoldLetGo`, `NoSuchWindow`, `WindowTooSoon`, `WindowFull`.
    """
    async with unit_of_work(database) as tx:
        hold, slots = await _locked(tx, hold_id, now=now, to=starts_at)
        if hold.state not in TAKES_A_PLACE:
            raise HoldLetGo("Hold a place again.")
        if hold.starts_at == starts_at:
            return hold
        old, new = slots[hold.zone, hold.starts_at], slots[hold.zone, starts_at]
        if new.free < 1:
            raise full(new)
        await save_slots(tx, [_counted(old, hold.state, -1), _counted(new, hold.state, 1)])
        moved = replace(hold, starts_at=starts_at)
        await save_hold(tx, moved)
        return moved


async def release_hold(database: Database, hold_id: UUID, *, now: datetime) -> Hold:
    """Let a place go; one that was let go already stays so. Raises `HoldNotFound`."""
    async with unit_of_work(database) as tx:
        hold, slots = await _locked(tx, hold_id, now=now)
        if hold.state not in TAKES_A_PLACE:
            return hold
        slot = slots[hold.zone, hold.starts_at]
        released = replace(hold, state=HoldState.RELEASED)
        await save_slots(tx, [_counted(slot, hold.state, -1)])
        await save_hold(tx, released)
        return released


async def read_hold(database: Database, hold_id: UUID, *, now: datetime) -> Hold:
    """Give a hold as it is now; raises `HoldNotFound`."""
    async with snapshot(database) as connection:
        hold = await load_hold(connection, hold_id)
    return replace(hold, state=HoldState.EXPIRED) if hold.is_overdue(now) else hold


async def sweep_holds(database: Database, *, now: datetime) -> int:
    """Let go of what is overdue, in some windows; gives in how many."""
    async with unit_of_work(database) as tx:
        places = await overdue_places(tx, now=now, limit=_SWEPT_TOGETHER)
        if places:
            await save_slots(tx, (await lock_slots(tx, places, now=now)).values())
    return len(places)


async def _locked(
    tx: Transaction, hold_id: UUID, *, now: datetime, to: datetime | None = None
) -> tuple[Hold, dict[Place, Slot]]:
    """Lock a hold's window, and the one it shall move to, then the hold itself."""
    zones = {zone.name: zone for zone in await load_zones(tx)}
    hold = await load_hold(tx, hold_id)
    while True:
        capacities: dict[Place, int] = {}
        for at in {hold.starts_at, to or hold.starts_at}:
            zone = zones.get(hold.zone)
            try:
                capacities[hold.zone, at] = zone.capacity_at(at) if zone is not None else 0
            except NoSuchWindow:
                if at == to and at != hold.starts_at:
                    raise
                capacities[hold.zone, at] = 0  # no longer sold: what is taken stays
            if zone is not None and at == to:
                zone.check_in_time(at, now=now)
        slots = await lock_slots(tx, capacities, now=now)
        held = await load_hold(tx, hold_id, for_update=True)
        if (held.zone, held.starts_at) in slots:
            await save_slots(tx, slots.values())
            return held, slots
        hold = held


def _counted(slot: Slot, state: HoldState, by: int) -> Slot:
    if state is HoldState.HELD:
        return replace(slot, held=slot.held + by)
    return replace(slot, booked=slot.booked + by)
