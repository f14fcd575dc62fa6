"""What erasures came to here, so that nothing of one is forgotten when it comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from complaints.domain.erasure import ErasureAnswer
from complaints.store.tables import erasures

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure


async def answer_before(tx: Transaction, erasure_id: UUID) -> ErasureAnswer:
    """Give what an erasure that comes again was answered before; nothing for a new one."""
    statement = select(erasures.c.erased).where(erasures.c.erasure_id == erasure_id)
    return ErasureAnswer(await tx.scalar(statement) or {})


async def keep_answer(tx: Transaction, erasure: Erasure, answer: ErasureAnswer) -> None:
    """Keep what an erasure came to, so that nothing of it is forgotten when it comes again."""
    values = {"erased": dict(answer.erased), "erased_at": erasure.erased_at}
    statement = insert(erasures).values(erasure_id=erasure.erasure_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["erasure_id"], set_=values))
