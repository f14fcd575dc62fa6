"""Reading and writing clients' purviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from chassis.purview import Purview
from gateway.store.tables import purview_changes, purviews

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


async def purviews_by_client(connection: AsyncConnection) -> dict[str, Purview]:
    """Give the clients that have not the whole house's purview."""
    rows = await connection.execute(select(purviews))
    return {row.client: Purview.of_document(row.purview) for row in rows}


async def replace_purviews(tx: Transaction, told: Mapping[str, Purview]) -> None:
    """Keep these purviews instead of those that were kept."""
    await tx.execute(update(purview_changes).values(changes=purview_changes.c.changes + 1))
    await tx.execute(delete(purviews))
    if told:
        rows = [{"client": one, "purview": seen.document()} for one, seen in told.items()]
        await tx.execute(insert(purviews), rows)


async def changes(connection: AsyncConnection) -> int:
    """Count how often the purviews changed."""
    return int((await connection.execute(select(purview_changes.c.changes))).scalar_one())
