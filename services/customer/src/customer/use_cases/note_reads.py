"""Noting who reads whom: at once in memory, each second in the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from customer.domain.owners import Whom
from customer.domain.reads import Read
from customer.store.customer_reads import NotedRead, reads_of, write_reads
from customer.store.owners import find_owner

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

_BOUND = 50_000


class ReadLog:
    """Reads that are not written yet, the same read within a second once with its number.

    A process that is killed loses the last second. While the database is out of reach reads wait,
    up to a bound; what is lost beyond it is counted and told in the log.
    """

    def __init__(self, database: Database, *, bound: int = _BOUND) -> None:
        """Note nothing yet; `bound` is how many different reads may wait."""
        self._database = database
        self._bound = bound
        self._waiting: dict[Read, tuple[int, datetime]] = {}
        self._writing = asyncio.Lock()
        self._lost = 0

    @property
    def waiting(self) -> int:
        """Count the different reads that wait."""
        return len(self._waiting)

    def take_lost(self) -> int:
        """Give how many reads were lost since this was asked last."""
        lost, self._lost = self._lost, 0
        return lost

    def note(self, read: Read, at: datetime) -> None:
        """Remember a read; costs a microsecond."""
        known = self._waiting.get(read)
        if known is not None:
            self._waiting[read] = known[0] + 1, known[1]
        elif len(self._waiting) < self._bound:
            self._waiting[read] = 1, at
        else:
            self._lost += 1

    async def write(self) -> None:
        """Write what waits; when that fails it waits on, before what came meanwhile."""
        async with self._writing:
            if not self._waiting:
                return
            taken, self._waiting = self._waiting, {}
            try:
                async with unit_of_work(self._database) as tx:
                    await write_reads(tx, [(read, *seen) for read, seen in taken.items()])
            except BaseException:
                came, self._waiting = self._waiting, taken
                for read, (times, at) in came.items():
                    self._put_back(read, times, at)
                raise

    def _put_back(self, read: Read, times: int, at: datetime) -> None:
        known = self._waiting.get(read)
        if known is not None:
            self._waiting[read] = known[0] + times, known[1]
        elif len(self._waiting) < self._bound:
            self._waiting[read] = times, at
        else:
            self._lost += times


async def list_reads(
    database: Database, customer_id: str, *, before: int, limit: int
) -> tuple[str, list[NotedRead]]:
    """List who read a customer, by any id it ever had; gives its present id as well.

    Raises `CustomerUnknown`.
    """
    async with snapshot(database) as connection:
        present_id = (await find_owner(connection, Whom(customer_id))).customer_id
        return present_id, await reads_of(connection, present_id, before=before, limit=limit)
