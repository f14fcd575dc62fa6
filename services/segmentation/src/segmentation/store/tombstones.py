"""Who was erased, so that nobody finds them and what is told of them later is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from segmentation.domain.erasure import CustomerErased
from segmentation.store.tables import erased_customers, erased_records, erasures

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from chassis.database import Transaction
    from segmentation.domain.erasure import Erasure


async def entomb(tx: Transaction, erasure: Erasure) -> None:
    """Remember whose ids and source records are erased, so that later facts are known."""
    ids = [{"customer_id": each, "erased_at": erasure.erased_at} for each in erasure.customer_ids]
    await tx.execute(insert(erased_customers).on_conflict_do_nothing(), ids)
    records = [
        {"source_record_id": each, "erased_at": erasure.erased_at}
        for each in erasure.source_record_ids
    ]
    if records:
        await tx.execute(insert(erased_records).on_conflict_do_nothing(), records)


async def without_erased(tx: Transaction, customer_ids: Collection[str]) -> set[str]:
    """Give those of these customers who were not erased."""
    if not customer_ids:
        return set()
    statement = select(erased_customers.c.customer_id).where(
        erased_customers.c.customer_id.in_(customer_ids)
    )
    return set(customer_ids) - set(await tx.scalars(statement))


async def refuse_erased(tx: Transaction, customer_ids: Collection[str]) -> None:
    """Raise `CustomerErased` when one of the ids is an erased customer's."""
    found = await tx.scalar(
        select(erased_customers.c.erased_at)
        .where(erased_customers.c.customer_id.in_(customer_ids))
        .limit(1)
    )
    if found is not None:
        raise CustomerErased(
            f"The customer was erased at {found.isoformat()}. Forget the id: it never comes back."
        )


async def answer_before(tx: Transaction, erasure_id: UUID) -> Mapping[str, int]:
    """Give what an erasure that comes again had found before; nothing for a new one."""
    statement = select(erasures.c.erased).where(erasures.c.erasure_id == erasure_id)
    return await tx.scalar(statement) or {}


async def keep_answer(tx: Transaction, erasure: Erasure, erased: Mapping[str, int]) -> None:
    """Keep what an erasure came to, so that nothing of it is forgotten when it comes again."""
    values = {"erased": dict(erased), "erased_at": erasure.erased_at}
    statement = insert(erasures).values(erasure_id=erasure.erasure_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["erasure_id"], set_=values))
