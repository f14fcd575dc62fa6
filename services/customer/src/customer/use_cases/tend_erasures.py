"""Tending erasures: what waits too long for a part is marked late, and all are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from chassis.logs import get_logger
from customer.events import ERASURE
from customer.store.erasures import count_open, mark_late, unfinished_erasures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from customer.domain.erasure import ErasureStatus

_AT_ONCE = 100

log = get_logger()


async def find_cut_off(database: Database, *, until: datetime) -> list[UUID]:
    """Name erasures that were requested or begun before, and that nobody has ended."""
    async with snapshot(database) as connection:
        return await unfinished_erasures(connection, until=until, limit=_AT_ONCE)


async def tend_erasures(database: Database, *, now: datetime) -> Mapping[ErasureStatus, int]:
    """Mark what is late; gives how many erasures are open, by status."""
    async with unit_of_work(database) as tx:
        late = await mark_late(tx, now=now)
        counts = await count_open(tx)
    for erasure_id in late:
        log.warning("erasure.late", erasure_id=ERASURE.show(erasure_id))
    return counts
