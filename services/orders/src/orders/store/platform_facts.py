"""What platforms told of orders, applied once for ever by their own references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.idempotency import Once
from orders.domain.order import Order
from orders.store.orders import load_order
from orders.store.tables import platform_facts

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


class OnceForEver(Once[Order]):
    """Gives a use case the order as it stands when a platform tells the same thing again.

    As `Once`, but known by the platform's reference, and never forgotten.
    """

    def __init__(self, *, source: str, kind: str, reference: str) -> None:
        """Name what is told."""
        super().__init__(Order)
        self._named = {"source": source, "kind": kind, "reference": reference}

    async def earlier(self, tx: Transaction) -> Order | None:
        """Give the order that it was applied to; others who tell it meanwhile wait."""
        name = "\n".join(self._named.values())
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        found = await tx.scalar(select(platform_facts.c.order_id).filter_by(**self._named))
        return None if found is None else await load_order(tx, found)

    async def keep(self, tx: Transaction, answer: Order) -> Order:
        """Remember it beside its effect."""
        row = {**self._named, "order_id": answer.id, "applied_at": func.now()}
        await tx.execute(insert(platform_facts).values(row))
        return answer


async def is_applied(
    connection: AsyncConnection, *, source: str, kind: str, reference: str
) -> bool:
    """Tell whether something that a platform told was applied."""
    named = select(platform_facts.c.order_id).filter_by(
        source=source, kind=kind, reference=reference
    )
    return (await connection.execute(named)).one_or_none() is not None
