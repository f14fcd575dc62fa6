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
    from uuid import UUID

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
        await _lock(tx, *self._named.values())
        found = await tx.scalar(select(platform_facts.c.order_id).filter_by(**self._named))
        return None if found is None else await load_order(tx, found)

    async def keep(self, tx: Transaction, answer: Order) -> Order:
        """Remember it beside its effect."""
        row = {**self._named, "order_id": answer.id, "applied_at": func.now()}
        await tx.execute(insert(platform_facts).values(row))
        return answer


async def forgo_fact(
    tx: Transaction, order_id: UUID, *, source: str, kind: str, reference: str
) -> bool:
    """Note as applied what never will be; gives False where it was applied in truth."""
    await _lock(tx, source, kind, reference)
    named = {"source": source, "reference": reference}
    forgone = named | {"kind": f"{kind}-forgone"}
    if await is_applied(tx, **forgone):
        return True
    if await is_applied(tx, kind=kind, **named):
        return False
    rows = [one | {"order_id": order_id} for one in (named | {"kind": kind}, forgone)]
    await tx.execute(insert(platform_facts).values(applied_at=func.now()), rows)
    return True


async def is_applied(
    connection: AsyncConnection, *, source: str, kind: str, reference: str
) -> bool:
    """Tell whether something that a platform told was applied."""
    named = select(platform_facts.c.order_id).filter_by(
        source=source, kind=kind, reference=reference
    )
    return (await connection.execute(named)).one_or_none() is not None


async def _lock(tx: Transaction, *named: str) -> None:
    """Let others who tell the same thing wait until this transaction ends."""
    name = func.hashtextextended("\n".join(named), 0)
    await tx.execute(select(func.pg_advisory_xact_lock(name)))
