"""Delivery slots in the database: windows are locked in one order, and counted with their holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import lock
from orders.domain.slots import Hold, HoldNotFound, HoldState, Opening, Slot, Zone, no_such_zone
from orders.store.slot_tables import delivery_slots, delivery_zones, slot_holds

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
_PLACE_OF_HOLD = tuple_(slot_holds.c.zone, slot_holds.c.starts_at)


async def write_zone(tx: Transaction, zone: Zone, *, at: datetime) -> None:
    """Write a zone; windows take its capacities when a place in them is next asked for."""
    values = {
        "zone": zone.name,
        "country": zone.country,
        "postcode_prefixes": list(zone.postcode_prefixes),
        "time_zone": zone.time_zone,
        "lead_minutes": zone.lead_minutes,
        "hold_minutes": zone.hold_minutes,
        "opening": [
            {"weekday": one.weekday, "starts": one.starts.isoformat(), "capacity": one.capacity}
            for one in zone.opening
        ],
        "updated_at": at,
    }
    statement = insert(delivery_zones).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["zone"], set_=values))


async def delete_zone(tx: Transaction, name: str) -> bool:
    """Delete a zone; what is booked in it stays. Gives whether it was there."""
    statement = delete(delivery_zones).where(delivery_zones.c.zone == name)
    return bool((await tx.execute(statement)).rowcount)


async def load_zones(connection: AsyncConnection) -> list[Zone]:
    """Give all zones, by name."""
    rows = await connection.execute(select(delivery_zones).order_by(delivery_zones.c.zone))
    return [_zone(row) for row in rows]


async def load_zone(connection: AsyncConnection, name: str) -> Zone:
    """Give a zone; raises `ZoneNotFound`."""
    statement = select(delivery_zones).where(delivery_zones.c.zone == name)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise no_such_zone()
    return _zone(row)


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
        slot.starts_at: replace(slot, held=slot.held - late.get(slot.starts_at, 0))
        for slot in found
    }


async def lock_slots(
    tx: Transaction, capacities: Mapping[Place, int], *, now: datetime
) -> dict[Place, Slot]:
    """Lock windows, make those that nobody had asked for, and let go of what is overdue in them.

    Whoever counts places has locked their zones, so that nobody waits for another in a circle.
    """
    places = sorted(capacities)
    await lock(tx, *(f"delivery-zone-{zone}" for zone in sorted({zone for zone, _ in places})))
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
        .values(state=HoldState.EXPIRED)
        .returning(slot_holds.c.zone, slot_holds.c.starts_at)
    )
    late: dict[Place, int] = {}
    for zone, at in await tx.execute(overdue):
        late[zone, at] = late.get((zone, at), 0) + 1
    slots: dict[Place, Slot] = {}
    for place, slot in locked.items():
        held = slot.held - late.get(place, 0)
        capacity = max(capacities[place], held + slot.booked)
        slots[place] = Slot(
            zone=slot.zone,
            starts_at=slot.starts_at,
            capacity=capacity,
            held=held,
            booked=slot.booked,
        )
    return slots


async def save_slots(tx: Transaction, slots: Iterable[Slot]) -> None:
    """Write what is taken of locked windows."""
    for slot in slots:
        await tx.execute(
            update(delivery_slots)
            .where(delivery_slots.c.zone == slot.zone, delivery_slots.c.starts_at == slot.starts_at)
            .values(capacity=slot.capacity, held=slot.held, booked=slot.booked)
        )


async def holds_by_key(
    connection: AsyncConnection, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Hold]:
    """Give the holds that clients asked for under these keys."""
    which = tuple_(slot_holds.c.client_id, slot_holds.c.key).in_(list(keys))
    rows = await connection.execute(select(slot_holds).where(which))
    return {(row.client_id, row.key): _hold(row) for row in rows}


async def insert_holds(tx: Transaction, holds: Sequence[NewHold]) -> set[UUID]:
    """Store holds; gives the ids of those whose key nobody used meanwhile."""
    if not holds:
        return set()
    rows = [
        {
            "id": one.id,
            "client_id": one.client_id,
            "key": one.key,
            "zone": one.zone,
            "starts_at": one.starts_at,
            "state": HoldState.HELD,
            "expires_at": one.expires_at,
            "made_at": one.made_at,
        }
        for one in sorted(holds, key=lambda hold: (hold.client_id, hold.key))
    ]
    statement = insert(slot_holds).values(rows).on_conflict_do_nothing().returning(slot_holds.c.id)
    return set(await tx.scalars(statement))


async def load_hold(
    connection: AsyncConnection, hold_id: UUID, *, for_update: bool = False
) -> Hold:
    """Give a hold, locked where it is to be changed; raises `HoldNotFound`."""
    statement = select(slot_holds).where(slot_holds.c.id == hold_id)
    if for_update:
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise HoldNotFound
    return _hold(row)


async def save_hold(tx: Transaction, hold: Hold) -> None:
    """Write a locked hold as it is now."""
    await tx.execute(
        update(slot_holds)
        .where(slot_holds.c.id == hold.id)
        .values(
            zone=hold.zone,
            starts_at=hold.starts_at,
            state=hold.state,
            expires_at=hold.expires_at,
            order_id=hold.order_id,
        )
    )


async def overdue_places(
    connection: AsyncConnection, *, now: datetime, limit: int
) -> dict[Place, int]:
    """Give windows in which something is overdue, with their capacities."""
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


def _zone(row: Row[Any]) -> Zone:
    return Zone(
        name=row.zone,
        country=row.country,
        postcode_prefixes=tuple(row.postcode_prefixes),
        time_zone=row.time_zone,
        lead_minutes=row.lead_minutes,
        hold_minutes=row.hold_minutes,
        opening=tuple(
            Opening(one["weekday"], time.fromisoformat(one["starts"]), one["capacity"])
            for one in row.opening
        ),
    )


def _slot(row: Row[Any]) -> Slot:
    return Slot(
        zone=row.zone,
        starts_at=row.starts_at,
        capacity=row.capacity,
        held=row.held,
        booked=row.booked,
    )


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        id=row.id,
        zone=row.zone,
        starts_at=row.starts_at,
        state=HoldState(row.state),
        expires_at=row.expires_at,
        order_id=row.order_id,
    )
