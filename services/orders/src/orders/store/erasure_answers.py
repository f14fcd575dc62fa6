"""What erasures came to here, so that one that comes again is never counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from orders.domain.erasure import ErasureAnswer, Kept
from orders.store.identity_tables import erasures

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure

_KEPT: TypeAdapter[tuple[Kept, ...]] = TypeAdapter(tuple[Kept, ...])


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
