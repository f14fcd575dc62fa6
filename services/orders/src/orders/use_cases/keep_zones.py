"""Delivery zones, and what is left of their windows."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chassis.database import snapshot, unit_of_work
from orders.domain.slots import Slot, no_such_zone, zone_for
from orders.store.slots import (
    delete_zone,
    load_zone,
    load_zones,
    slots_between,
    write_zone,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from chassis.database import Database
    from orders.domain.slots import Zone


_KNOWN_SECONDS = 2.0


class ZonesInForce:
    """The zones, read again when they are older than two seconds; a change here counts at once."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet."""
        self._database = database
        self._zones: dict[str, Zone] = {}
        self._read_at = float("-inf")

    async def named(self, name: str) -> Zone:
        """Give a zone; raises `ZoneNotFound`."""
        if time.monotonic() - self._read_at > _KNOWN_SECONDS:
            began_at = time.monotonic()
            async with snapshot(self._database) as connection:
                self._zones = {zone.name: zone for zone in await load_zones(connection)}
            self._read_at = began_at
        if name not in self._zones:
            raise no_such_zone()
        return self._zones[name]

    def forget(self) -> None:
        """Read them anew the next time."""
        self._read_at = float("-inf")


async def put_zone(database: Database, zone: Zone, *, now: datetime) -> None:
    """Write a zone."""
    async with unit_of_work(database) as tx:
        await write_zone(tx, zone, at=now)


async def end_zone(database: Database, name: str) -> bool:
    """Deliver there in windows no more; gives whether there was such a zone."""
    async with unit_of_work(database) as tx:
        return await delete_zone(tx, name)


async def list_zones(database: Database) -> list[Zone]:
    """Give all zones, by name."""
    async with snapshot(database) as connection:
        return await load_zones(connection)


async def find_zone(database: Database, name: str) -> Zone:
    """Give a zone; raises `ZoneNotFound`."""
    async with snapshot(database) as connection:
        return await load_zone(connection, name)


async def list_slots(
    database: Database, country: str, postcode: str, *, first: date | None, days: int, now: datetime
) -> tuple[Zone, list[Slot]]:
    """Give the windows of the zone that covers a postcode which may still be taken.

    Raises `NotDeliveredThere`.
    """
    async with snapshot(database) as connection:
        zone = zone_for(await load_zones(connection), country, postcode)
        begin = first or now.astimezone(ZoneInfo(zone.time_zone)).date()
        earliest = now + timedelta(minutes=zone.lead_minutes)
        windows = [(at, size) for at, size in zone.windows(begin, days) if at >= earliest]
        if not windows:
            return zone, []
        taken = await slots_between(connection, zone.name, windows[0][0], windows[-1][0], now=now)
    slots: list[Slot] = []
    for at, capacity in windows:
        known = taken.get(at) or Slot(zone=zone.name, starts_at=at, capacity=capacity)
        size = max(capacity, known.held + known.booked)
        slots.append(
            Slot(zone=zone.name, starts_at=at, capacity=size, held=known.held, booked=known.booked)
        )
    return zone, slots
