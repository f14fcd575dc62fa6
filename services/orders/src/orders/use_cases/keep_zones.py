"""Delivery zones, and what is left of their windows."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chassis.database import snapshot, unit_of_work
from orders.domain.slots import Slot
from orders.domain.zones import HORIZON, check_prefixes, zone_for
from orders.store.slots import slots_between
from orders.store.zones import (
    delete_zone,
    load_zone,
    load_zones,
    lock_all_zones,
    lock_zones,
    write_zone,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from chassis.database import Database
    from orders.domain.zones import Zone


_KNOWN_SECONDS = 2.0


class ZoneMap:
    """Which zone a postcode belongs to, read again when it is older than two seconds.

    For so long a postcode that was given to another zone may still be led to the one before; what
    that one sells is always decided by the zone as it stands when a place is taken.
    """

    def __init__(self, database: Database) -> None:
        """Read nothing yet."""
        self._database = database
        self._zones: list[Zone] = []
        self._read_at = float("-inf")

    async def covering(self, country: str, postcode: str) -> str:
        """Name the zone that covers most of a postcode; raises `NotDeliveredThere`."""
        if time.monotonic() - self._read_at > _KNOWN_SECONDS:
            began_at = time.monotonic()
            self._zones = await list_zones(self._database)
            self._read_at = began_at
        return zone_for(self._zones, country, postcode).name

    def forget(self) -> None:
        """Read them anew the next time."""
        self._read_at = float("-inf")


async def put_zone(database: Database, zone: Zone, *, now: datetime) -> None:
    """Write a zone; every place that is taken after its commit is taken by it.

    Raises `PrefixTaken`.
    """
    async with unit_of_work(database) as tx:
        await lock_all_zones(tx)
        check_prefixes(zone, await load_zones(tx))
        await lock_zones(tx, {zone.name})
        await write_zone(tx, zone, at=now)


async def end_zone(database: Database, name: str) -> bool:
    """Deliver there in windows no more; gives whether there was such a zone."""
    async with unit_of_work(database) as tx:
        await lock_zones(tx, {name})
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
        windows = [
            (at, size) for at, size in zone.windows(begin, days) if earliest <= at <= now + HORIZON
        ]
        if not windows:
            return zone, []
        taken = await slots_between(connection, zone.name, windows[0][0], windows[-1][0], now=now)
    return zone, [
        replace(taken.get(at) or Slot(zone=zone.name, starts_at=at, capacity=0), capacity=capacity)
        for at, capacity in windows
    ]
