"""Records that people keep apart: two customers with such records are not joined by machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

GROUPS_BETWEEN = """
    SELECT mine.judgement_id
    FROM source_records ours
    JOIN kept_apart mine ON mine.source_record_id = ours.id AND mine.lifted_at IS NULL
    JOIN kept_apart other ON other.judgement_id = mine.judgement_id
        AND other.side = 1 - mine.side AND other.lifted_at IS NULL
    JOIN source_records theirs ON theirs.id = other.source_record_id
    WHERE ours.customer_id = {left} AND theirs.customer_id = {right}
"""
"""The SQL for the judgements that keep two customers apart, to be told their ids' columns."""

_BETWEEN = f"SELECT DISTINCT judgement_id FROM ({GROUPS_BETWEEN}) AS g"  # noqa: S608 - constants

_KEEP = """
INSERT INTO kept_apart (judgement_id, side, source_record_id)
SELECT :judgement_id, side, source_record_id
FROM unnest(CAST(:sides AS int[]), CAST(:records AS uuid[])) AS k (side, source_record_id)
"""

# A group that also keeps others apart stays: within one customer it does nothing.
_LIFT = f"""
WITH whole AS (
    SELECT k.judgement_id
    FROM kept_apart k JOIN source_records r ON r.id = k.source_record_id
    WHERE k.lifted_at IS NULL
      AND k.judgement_id IN ({GROUPS_BETWEEN.format(left=":left", right=":right")})
    GROUP BY k.judgement_id
    HAVING bool_and(r.customer_id IN (:left, :right))
), ruled AS (
    UPDATE rulings SET lifted_at = :now
    FROM whole WHERE rulings.judgement_id = whole.judgement_id
)
UPDATE kept_apart SET lifted_at = :now
FROM whole WHERE kept_apart.judgement_id = whole.judgement_id AND lifted_at IS NULL
"""  # noqa: S608 - made of constants

_LIFT_GROUP = """
WITH ruled AS (
    UPDATE rulings SET lifted_at = :now WHERE judgement_id = :judgement_id
)
UPDATE kept_apart SET lifted_at = :now WHERE judgement_id = :judgement_id AND lifted_at IS NULL
"""


async def keep_apart(
    tx: Transaction, judgement_id: UUID, left: Sequence[UUID], right: Sequence[UUID]
) -> None:
    """Keep the records of two sides apart from now on, whoever they come to belong to."""
    values = {
        "judgement_id": judgement_id,
        "sides": [0] * len(left) + [1] * len(right),
        "records": [*left, *right],
    }
    await tx.execute(text(_KEEP), values)


async def lift_between(tx: Transaction, left_id: str, right_id: str, *, now: datetime) -> None:
    """Lift what keeps two customers apart and concerns nobody else, before they are merged."""
    await tx.execute(text(_LIFT), {"left": left_id, "right": right_id, "now": now})


async def lift(tx: Transaction, judgement_id: UUID, *, now: datetime) -> None:
    """Lift one group."""
    await tx.execute(text(_LIFT_GROUP), {"judgement_id": judgement_id, "now": now})


async def groups_between(connection: AsyncConnection, left_id: str, right_id: str) -> list[UUID]:
    """Name the judgements that keep two customers apart."""
    query = _BETWEEN.format(left=":left", right=":right")
    rows = await connection.execute(text(query), {"left": left_id, "right": right_id})
    return list(rows.scalars())
