"""Reading the routing rules and the teams they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from complaints.store import routing as store

if TYPE_CHECKING:
    from chassis.database import Database
    from complaints.domain.routing import RoutingTable, Team


async def read_routing_table(database: Database) -> RoutingTable:
    """Give the rules that route complaints now."""
    async with snapshot(database) as connection:
        return await store.load_routing_table(connection)


async def list_teams(database: Database) -> list[Team]:
    """Give all teams."""
    async with snapshot(database) as connection:
        return await store.list_teams(connection)
