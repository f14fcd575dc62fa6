"""What erasures came to here, so that nothing of one is forgotten when it comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from segmentation.store.tables import erasures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure


async def answer_before(tx: Transaction, erasure_id: UUID) -> Mapping[str, int]:
    """Give what an erasure that comes again had found before; nothing for a new one."""
    statement = select(erasures.c.erased).where(erasures.c.erasure_id == erasure_id)
    return await tx.scalar(statement) or {}


async def keep_answer(tx: Transaction, erasure: Erasure, erased: Mapping[str, int]) -> None:
    """Keep what an erasure came to, so that nothing of it is forgotten when it comes again."""
    values = {"erased": dict(erased), "erased_at": erasure.erased_at}
    statement = insert(erasures).values(erasure_id=erasure.erasure_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["erasure_id"], set_=values))
