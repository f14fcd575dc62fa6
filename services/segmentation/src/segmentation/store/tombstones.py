"""Who was erased, so that nobody is measured who is to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from segmentation.store.tables import erased_customers

if TYPE_CHECKING:
    from collections.abc import Collection

    from chassis.database import Transaction


async def without_erased(tx: Transaction, customer_ids: Collection[str]) -> set[str]:
    """Give those of these customers who were not erased."""
    if not customer_ids:
        return set()
    statement = select(erased_customers.c.customer_id).where(
        erased_customers.c.customer_id.in_(customer_ids)
    )
    return set(customer_ids) - set(await tx.scalars(statement))
