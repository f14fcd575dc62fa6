"""Finding customers by an identifier or by the beginning of a name; every list is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.identifiers import Identifier

_LAST_CHARACTER = "\U0010ffff"

_BY_IDENTIFIER = """
SELECT DISTINCT r.customer_id
FROM identifiers i JOIN source_records r ON r.id = i.source_record_id
WHERE i.kind = :kind AND i.value = :value AND r.customer_id > :after
ORDER BY r.customer_id LIMIT :bound
"""

# One lower bound alone: with a second, PostgreSQL begins at the first of them.
_BY_NAME = """
SELECT k.key, k.source_record_id, r.customer_id
FROM search_keys k JOIN source_records r ON r.id = k.source_record_id
WHERE k.kind = 'name' AND k.key < :last
  AND (k.key, k.source_record_id) > (:after_key, CAST(:after_record AS uuid))
ORDER BY k.key, k.source_record_id LIMIT :bound
"""


@dataclass(frozen=True, slots=True)
class NameHit:
    """A name that begins as was typed, and whose it is."""

    key: str
    source_record_id: UUID
    customer_id: str


FIRST_RECORD = UUID(int=0)


async def customers_by_identifier(
    connection: AsyncConnection, identifier: Identifier, *, after: str, limit: int
) -> list[str]:
    """Give ids of customers who have an identifier, by id."""
    values = {
        "kind": str(identifier.kind),
        "value": identifier.value,
        "after": after,
        "bound": limit,
    }
    return list((await connection.execute(text(_BY_IDENTIFIER), values)).scalars())


async def names_beginning_with(
    connection: AsyncConnection, beginning: str, *, after: tuple[str, UUID], limit: int
) -> list[NameHit]:
    """Give names that begin so, in their order; one customer may have several."""
    after_key, after_record = max(after, (beginning, FIRST_RECORD))
    values = {
        "last": beginning + _LAST_CHARACTER,
        "after_key": after_key,
        "after_record": after_record,
        "bound": limit,
    }
    rows = await connection.execute(text(_BY_NAME), values)
    return [NameHit(row.key, row.source_record_id, row.customer_id) for row in rows]
