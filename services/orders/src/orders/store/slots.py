"""Delivery slots in the database: windows of locked zones, counted with their holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from orders.domain.slots import Hold, HoldNotFound, HoldState, KnownHold, Slot
from orders.store.slot_tables import delivery_slots, slot_holds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.slots import NewHold

Place = tuple[str, "datetime"]
"""A zone and when a window of it begins."""

_PLACE = tuple_(delivery_slots.c.zone, delivery_slots.c.starts_at)
_IS_LET_GO = text("state IN ('released', 'expired')")
_PLACE_OF_HOLD = tuple_(slot_holds.c.zone, slot_holds.c.starts_at)


async def slots_between(
    connection: AsyncConnection, zone: str, first: datetime, last: datetime, *, now: datetime
) -> dict[datetime, Slot]:
    """Give what is taken of a zone's windows; holds that are overdue take no place."""
    statement = select(delivery_slots).where(
        delivery_slots.c.zone == zone, delivery_slots.c.starts_at.between(first, last)
    )
    overdue = (
        select(slot_holds.c.starts_at, func.count().label("number"))
        .where(
            slot_holds.c.zone == zone,
            slot_holds.c.starts_at.between(first, last),
            slot_holds.c.state == HoldState.HELD,
            slot_holds.c.expires_at <= now,
        )
        .group_by(slot_holds.c.starts_at)
    )
    late = {row.starts_at: row.number for row in await connection.execute(overdue)}
    found = [_slot(row) for row in await connection.execute(statement)]
    return {
        slot.starts_at: slot.counted(HoldState.HELD, -late.get(slot.starts_at, 0)) for slot in found
    }


async def lock_slots(
    tx: Transaction, capacities: Mapping[Place, int], *, now: datetime
) -> dict[Place, Slot]:
    """Lock windows of locked zones, make those that nobody had asked for, let the overdue go.

    Each is given with the capacity that its zone offers now.
    """
    places = sorted(capacities)
    rows = [
        {"zone": zone, "starts_at": at, "capacity": capacities[zone, at], "held": 0, "booked": 0}
        for zone, at in places
    ]
    await tx.execute(insert(delivery_slots).values(rows).on_conflict_do_nothing())
    statement = select(delivery_slots).where(_PLACE.in_(places)).order_by(_PLACE).with_for_update()
    locked = {(slot.zone, slot.starts_at): slot for slot in map(_slot, await tx.execute(statement))}
    overdue = (
        update(slot_holds)
        .where(
            _PLACE_OF_HOLD.in_(places),
            slot_holds.c.state == HoldState.HELD,
            slot_holds.c.expires_at <= now,
        )
        .values(state=HoldState.EXPIRED, version=slot_holds.c.version + 1)
        .returning(slot_holds.c.zone, slot_holds.c.starts_at)
    )
    for zone, at in await tx.execute(overdue):
        locked[zone, at] = locked[zone, at].counted(HoldState.HELD, -1)
    return {
        place: replace(slot, capacity=capacities[place], ceiling=max(capacities[place], slot.taken))
        for place, slot in locked.items()
    }


async def save_slots(tx: Transaction, slots: Iterable[Slot]) -> None:
    """Write what is taken of locked windows."""
    for slot in slots:
        await tx.execute(
            update(delivery_slots)
            .where(delivery_slots.c.zone == slot.zone, delivery_slots.c.starts_at == slot.starts_at)
            .values(capacity=slot.ceiling, held=slot.held, booked=slot.booked)
        )


async def holds_by_key(
    connection: AsyncConnection, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], KnownHold]:
    """Give the holds that clients asked for under these keys."""
    if not keys:
        return {}
    which = tuple_(slot_holds.c.client_id, slot_holds.c.key).in_(list(keys))
    rows = await connection.execute(select(slot_holds).where(which))
    return {(row.client_id, row.key): KnownHold(_hold(row), row.request_hash) for row in rows}


async def insert_holds(tx: Transaction, holds: Sequence[tuple[NewHold, Hold]]) -> set[UUID]:
    """Store holds; gives the ids of those whose key nobody used meanwhile."""
    if not holds:
        return set()
    rows = [
        {
            "id": asked.id,
            "client_id": asked.client_id,
            "key": asked.key,
            "request_hash": asked.request_hash,
            "zone": hold.zone,
            "starts_at": hold.starts_at,
            "state": hold.state,
            "expires_at": hold.expires_at,
            "made_at": asked.made_at,
        }
        for asked, hold in sorted(holds, key=lambda pair: pair[0].name)
    ]
    statement = insert(slot_holds).values(rows).on_conflict_do_nothing().returning(slot_holds.c.id)
    return set(await tx.scalars(statement))


async def load_hold(connection: AsyncConnection, hold_id: UUID) -> Hold:
    """Give a hold; raises `HoldNotFound`."""
    statement = select(slot_holds).where(slot_holds.c.id == hold_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise HoldNotFound
    return _hold(row)


async def save_hold(tx: Transaction, hold: Hold) -> None:
    """Write a hold of a locked zone as it is now."""
    await tx.execute(
        update(slot_holds)
        .where(slot_holds.c.id == hold.id)
        .values(
            starts_at=hold.starts_at,
            state=hold.state,
            order_id=hold.order_id,
            version=hold.version,
        )
    )


async def booked_for(connection: AsyncConnection, order_id: UUID, *, after: datetime) -> list[Hold]:
    """Give the places that are booked for an order in windows that begin after a time."""
    statement = (
        select(slot_holds)
        .where(
            slot_holds.c.order_id == order_id,
            slot_holds.c.state == HoldState.BOOKED,
            slot_holds.c.starts_at > after,
        )
        .order_by(slot_holds.c.starts_at, slot_holds.c.id)
    )
    return [_hold(row) for row in await connection.execute(statement)]


async def let_go(tx: Transaction, hold: Hold) -> None:
    """Write that a booked place of a locked zone was let go, and count it no more."""
    await save_hold(tx, hold)
    await tx.execute(
        update(delivery_slots)
        .where(delivery_slots.c.zone == hold.zone, delivery_slots.c.starts_at == hold.starts_at)
        .values(booked=delivery_slots.c.booked - 1)
    )


async def overdue_places(
    connection: AsyncConnection, *, now: datetime, limit: int
) -> dict[Place, int]:
    """Give windows in which something is overdue, with the most that may be taken of them."""
    statement = (
        select(delivery_slots.c.zone, delivery_slots.c.starts_at, delivery_slots.c.capacity)
        .join(
            slot_holds,
            (slot_holds.c.zone == delivery_slots.c.zone)
            & (slot_holds.c.starts_at == delivery_slots.c.starts_at),
        )
        .where(slot_holds.c.state == HoldState.HELD, slot_holds.c.expires_at <= now)
        .distinct()
        .limit(limit)
    )
    return {(row.zone, row.starts_at): row.capacity for row in await connection.execute(statement)}


async def delete_let_go(tx: Transaction, *, before: datetime, limit: int) -> int:
    """Delete places that were let go in windows which began before a moment; gives how many."""
    let_go_long_since = (
        select(slot_holds.c.id)
        .where(_IS_LET_GO, slot_holds.c.starts_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = delete(slot_holds).where(slot_holds.c.id.in_(let_go_long_since.scalar_subquery()))
    return (await tx.execute(statement)).rowcount


def _slot(row: Row[Any]) -> Slot:
    return Slot(
        zone=row.zone,
        starts_at=row.starts_at,
        capacity=row.capacity,
        held=row.held,
        booked=row.booked,
        ceiling=row.capacity,
    )


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        id=row.id,
        zone=row.zone,
        starts_at=row.starts_at,
        state=HoldState(row.state),
        expires_at=row.expires_at,
        order_id=row.order_id,
        version=row.version,
    )
