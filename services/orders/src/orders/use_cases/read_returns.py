"""Reading a return."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from orders.store.returns import load_return

if TYPE_CHECKING:
    from chassis.database import Database
    from orders.domain.taking_back import Return


async def read_return(database: Database, return_id: UUID) -> Return:
    """Give a return; raises `ReturnNotFound`."""
    async with snapshot(database) as connection:
        return await load_return(connection, return_id)
