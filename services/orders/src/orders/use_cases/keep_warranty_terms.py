"""Keeping how long categories are warranted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from orders.store.warranties import load_terms, write_term

if TYPE_CHECKING:
    from chassis.database import Database
    from orders.domain.warranties import WarrantyTerm


async def put_warranty_term(database: Database, term: WarrantyTerm) -> None:
    """Write what holds of a category for whatever is sold from a day on."""
    async with unit_of_work(database) as tx:
        await write_term(tx, term)


async def list_warranty_terms(database: Database) -> tuple[WarrantyTerm, ...]:
    """Give all terms, by category and day."""
    async with snapshot(database) as connection:
        return await load_terms(connection)
