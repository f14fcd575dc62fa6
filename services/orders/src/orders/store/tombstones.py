"""Who was erased, so that nobody finds them and what is told of them later is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from orders.domain.erasure import CustomerErased, ErasureAnswer, Kept
from orders.store.identity_tables import erased_customers, erased_records, erasures

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.erasure import Erasure

_KEPT: TypeAdapter[tuple[Kept, ...]] = TypeAdapter(tuple[Kept, ...])


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


async def is_erased(
    connection: AsyncConnection, customer_id: str | None, source_record_id: UUID | None
) -> bool:
    """Tell whether a fact told so is an erased customer's; its source record comes first."""
    if source_record_id is not None:
        return bool(
            await connection.scalar(
                select(exists().where(erased_records.c.source_record_id == source_record_id))
            )
        )
    return bool(
        await connection.scalar(
            select(exists().where(erased_customers.c.customer_id == customer_id))
        )
    )


async def refuse_erased(connection: AsyncConnection, customer_ids: Collection[str]) -> None:
    """Raise `CustomerErased` when one of the ids is an erased customer's."""
    found = await connection.scalar(
        select(erased_customers.c.erased_at)
        .where(erased_customers.c.customer_id.in_(customer_ids))
        .limit(1)
    )
    if found is not None:
        raise CustomerErased(
            f"The customer was erased at {found.isoformat()}. Forget the id: it never comes back."
        )


async def answer_before(tx: Transaction, erasure_id: UUID) -> ErasureAnswer | None:
    """Give what an erasure that comes again was answered before."""
    row = (
        await tx.execute(
            select(erasures.c.erased, erasures.c.kept).where(erasures.c.erasure_id == erasure_id)
        )
    ).one_or_none()
    return None if row is None else ErasureAnswer(row.erased, _KEPT.validate_python(row.kept))


async def keep_answer(tx: Transaction, erasure: Erasure, answer: ErasureAnswer) -> None:
    """Keep what an erasure came to, so that it is never counted twice."""
    values: dict[str, Any] = {
        "erased": dict(answer.erased),
        "kept": _KEPT.dump_python(answer.kept, mode="json"),
        "erased_at": erasure.erased_at,
    }
    statement = insert(erasures).values(erasure_id=erasure.erasure_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["erasure_id"], set_=values))
