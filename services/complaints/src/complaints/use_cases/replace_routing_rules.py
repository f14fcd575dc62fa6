"""Replacing the routing rules by a new version made from the newest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from complaints.domain.routing import RoutingRulesChanged, RoutingTable, check
from complaints.store.routing import insert_routing_table, list_teams, load_routing_table

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database


async def replace_routing_rules(
    database: Database, table: RoutingTable, *, at: datetime, by: str
) -> RoutingTable:
    """Store the table whose version follows the newest; raises `RoutingRulesChanged`.

    Two that were made from the same version race for the next version's number: one wins.
    """
    async with unit_of_work(database) as tx:
        newest = await load_routing_table(tx)
        if table.version != newest.version + 1:
            raise RoutingRulesChanged(_MEND)
        check(table, await list_teams(tx))
        if not await insert_routing_table(tx, table, at=at, by=by):
            raise RoutingRulesChanged(_MEND)
        return table


_MEND = "Read the rules again, make your change to them and send them with their new ETag."
