"""Delivery zones in the database: whoever counts places in one locks it first."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import lock
from orders.domain.zones import Opening, Zone, no_such_zone
from orders.store.slot_tables import delivery_zones

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


async def lock_zones(tx: Transaction, names: Collection[str]) -> dict[str, Zone]:
    """Let nobody else count places in these zones, or change them, until this transaction ends.

    Gives those that there are. A name of none is locked too: what is booked there stays.
    """
    await lock(tx, *(f"delivery-zone-{name}" for name in names))
    rows = await tx.execute(select(delivery_zones).where(delivery_zones.c.zone.in_(names)))
    return {row.zone: _zone(row) for row in rows}


async def lock_all_zones(tx: Transaction) -> None:
    """Let nobody else write a zone until this transaction ends; before any zone's own lock."""
    await lock(tx, "delivery-zones")


async def write_zone(tx: Transaction, zone: Zone, *, at: datetime) -> None:
    """Write a locked zone; windows take its capacities when a place in them is next asked for."""
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
    """Delete a locked zone; what is booked in it stays. Gives whether it was there."""
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
