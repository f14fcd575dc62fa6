"""Exporting what this service holds of a customer (GDPR art. 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import snapshot
from chassis.global_ids import show_global_id
from customer.domain.refusals import CustomerUnknown
from customer.store.erasing import find_reach
from customer.store.exports import export_tables

if TYPE_CHECKING:
    from chassis.database import Database


async def export_customer(database: Database, customer_id: str) -> dict[str, list[dict[str, Any]]]:
    """Give all rows by table, of every id and record of the customer; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        reach = await find_reach(connection, customer_id)
        if reach is None:
            shown = show_global_id(customer_id)
            raise CustomerUnknown(f"{shown} was never given to a customer. Search for them.")
        return await export_tables(connection, reach.ids, reach.record_ids)
