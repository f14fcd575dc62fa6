"""How long categories are warranted, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from orders.domain.warranties import WarrantyTerm
from orders.store.serial_tables import warranty_terms

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


async def write_term(tx: Transaction, term: WarrantyTerm) -> None:
    """Write what holds of a category from a day on."""
    statement = insert(warranty_terms).values(
        category=term.category, since_on=term.since_on, months=term.months, days=term.days
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["category", "since_on"], set_={"months": term.months, "days": term.days}
        )
    )


async def load_terms(connection: AsyncConnection) -> tuple[WarrantyTerm, ...]:
    """Give all terms, by category and day."""
    statement = select(warranty_terms).order_by(
        warranty_terms.c.category, warranty_terms.c.since_on
    )
    return tuple(
        WarrantyTerm(category=row.category, since_on=row.since_on, months=row.months, days=row.days)
        for row in await connection.execute(statement)
    )
