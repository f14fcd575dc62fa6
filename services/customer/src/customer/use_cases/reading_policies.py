"""Laying down who may read what, and having it at hand for every read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chassis.database import lock, snapshot, unit_of_work
from customer.domain.reading_policies import (
    FieldPolicy,
    Reach,
    Reader,
    ReadingPolicies,
    RegionPolicy,
)
from customer.store.reading_policies import (
    delete_field_policy,
    delete_reader,
    delete_region_policy,
    load_policies,
    write_field_policy,
    write_reader,
    write_region_policy,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

_KNOWN_SECONDS = 2.0
_ONE_AT_A_TIME = "reading-policies"


class PoliciesInForce:
    """The policy, read again when it is older than two seconds; a change here counts at once."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet."""
        self._database = database
        self._policies = ReadingPolicies()
        self._read_at = float("-inf")

    async def current(self) -> ReadingPolicies:
        """Give what is laid down."""
        if time.monotonic() - self._read_at > _KNOWN_SECONDS:
            began_at = time.monotonic()
            async with snapshot(self._database) as connection:
                self._policies = await load_policies(connection)
            self._read_at = began_at
        return self._policies

    async def put_reader(self, client_id: str, reader: Reader, *, now: datetime) -> None:
        """Say from where and in which role a client reads."""
        async with unit_of_work(self._database) as tx:
            await write_reader(tx, client_id, reader, now=now)
        self._forget()

    async def take_back_reader(self, client_id: str) -> bool:
        """Give a client back to the whole house."""
        async with unit_of_work(self._database) as tx:
            was_there = await delete_reader(tx, client_id)
        self._forget()
        return was_there

    async def put_region_policy(
        self, home_region: str, reader_region: str, policy: RegionPolicy, *, now: datetime
    ) -> None:
        """Name the ground on which one region reads another."""
        async with unit_of_work(self._database) as tx:
            await write_region_policy(tx, home_region, reader_region, policy, now=now)
        self._forget()

    async def take_back_region_policy(self, home_region: str, reader_region: str) -> bool:
        """Take a ground back."""
        async with unit_of_work(self._database) as tx:
            was_there = await delete_region_policy(tx, home_region, reader_region)
        self._forget()
        return was_there

    async def put_field_policy(
        self, place: tuple[str, str, Reach], fields: FieldPolicy, *, now: datetime
    ) -> None:
        """Lay down what a role sees of a home region's customers."""
        async with unit_of_work(self._database) as tx:
            await lock(tx, _ONE_AT_A_TIME)
            await write_field_policy(tx, place, fields, now=now)
        self._forget()

    async def take_back_field_policy(self, place: tuple[str, str, Reach]) -> bool:
        """Take back what was laid down of fields."""
        async with unit_of_work(self._database) as tx:
            was_there = await delete_field_policy(tx, place)
        self._forget()
        return was_there

    def _forget(self) -> None:
        self._read_at = float("-inf")
