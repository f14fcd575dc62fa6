"""Exporting everything that is held of a customer, under any id it has or had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.identity.tombstones import living_ids_of
from segmentation.store.extracts import extract

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from chassis.database import Database
    from chassis.extracts import Rows


async def find_exported(database: Database, customer_id: str) -> Sequence[str]:
    """Give all ids of the customer; raises `CustomerErased`."""
    async with snapshot(database) as connection:
        return await living_ids_of(connection, customer_id)


async def export_customer(
    database: Database, customer_ids: Sequence[str]
) -> AsyncGenerator[tuple[str, Rows]]:
    """Give each table with its rows, some at a time, all of one moment."""
    async with snapshot(database) as connection:
        async for table in extract(connection, customer_ids):
            yield table
