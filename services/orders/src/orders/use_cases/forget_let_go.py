"""Forgetting what has served: places that were let go, and what refused claims say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from orders.domain.claiming import KEPT_GIVEN_UP
from orders.domain.slots import KEPT_LET_GO
from orders.store.claims import empty_given_up
from orders.store.slots import delete_let_go

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

TOGETHER = 500
"""So few that nobody who sells places waits for it."""


async def forget_let_go(database: Database, *, now: datetime) -> int:
    """Delete some places that were let go, of windows that are long over; gives how many.

    Booked places are promises and stay, so that shares of kept ones never change by it. A key whose
    hold is forgotten asks for another one.
    """
    async with unit_of_work(database) as tx:
        return await delete_let_go(tx, before=now - KEPT_LET_GO, limit=TOGETHER)


async def forget_refused_claims(database: Database, *, now: datetime) -> int:
    """Empty what some claims say that were given up long since; gives of how many.

    Nobody knows whose they are, so no erasure would find them.
    """
    async with unit_of_work(database) as tx:
        return await empty_given_up(tx, before=now - KEPT_GIVEN_UP, limit=TOGETHER)
