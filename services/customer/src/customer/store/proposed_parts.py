"""The parts that a relink would split a customer into, as a match candidate keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from customer.domain.judgements import Judgement

_WRITE = """
WITH candidate AS (
    SELECT id FROM match_candidates
    WHERE left_customer_id = :customer_id AND right_customer_id = :customer_id
      AND status IN ('open', 'skipped')
), outdated AS (
    DELETE FROM proposed_parts WHERE candidate_id IN (SELECT id FROM candidate)
      AND source_record_id <> ALL(CAST(:record_ids AS uuid[]))
)
INSERT INTO proposed_parts (candidate_id, source_record_id, part)
SELECT c.id, p.record_id, p.part
FROM candidate c
CROSS JOIN unnest(CAST(:record_ids AS uuid[]), CAST(:parts AS int[])) AS p (record_id, part)
ON CONFLICT (candidate_id, source_record_id) DO UPDATE SET part = excluded.part
"""

_PARTS = """
SELECT array_agg(source_record_id ORDER BY source_record_id) AS record_ids
FROM proposed_parts WHERE candidate_id = :candidate_id GROUP BY part ORDER BY part
"""

_ASKED = """
SELECT id FROM match_candidates
WHERE left_customer_id = :customer_id AND right_customer_id = :customer_id
  AND status IN ('open', 'skipped')
"""


_JUDGEMENT = """
SELECT id FROM judgements
WHERE left_id = :left_id AND right_id = :right_id AND verdict = :verdict AND judge = :judge
"""


async def find_judgement(tx: Transaction, judgement: Judgement) -> UUID | None:
    """Find what a machine said of a pair before: it says the same but once."""
    values = {
        "left_id": judgement.left_id,
        "right_id": judgement.right_id,
        "verdict": judgement.verdict,
        "judge": judgement.judge,
    }
    return await tx.scalar(text(_JUDGEMENT), values)


async def write_parts(tx: Transaction, customer_id: str, parts: Sequence[Sequence[UUID]]) -> bool:
    """Keep the parts with the live candidate of a customer, in place of those of an older relink.

    Where a person kept the customer together there is no candidate: nothing is written, and False
    given.
    """
    numbered = [(record_id, part) for part, ids in enumerate(parts) for record_id in ids]
    values = {
        "customer_id": customer_id,
        "record_ids": [record_id for record_id, _ in numbered],
        "parts": [part for _, part in numbered],
    }
    return bool((await tx.execute(text(_WRITE), values)).rowcount)


async def parts_of(connection: AsyncConnection, candidate_id: UUID) -> list[list[UUID]]:
    """Give the parts proposed for a candidate, the one that keeps the id first; none else."""
    rows = await connection.execute(text(_PARTS), {"candidate_id": candidate_id})
    return list(rows.scalars())


async def parts_asked_of(tx: Transaction, customer_id: str) -> list[list[UUID]]:
    """Give the parts that wait for a person's decision of a customer; none if nothing waits."""
    candidate_id = await tx.scalar(text(_ASKED), {"customer_id": customer_id})
    return [] if candidate_id is None else await parts_of(tx, candidate_id)
