"""Copying a whole base out of the database, as CSV files for a batch job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from customer.domain.claims import RecordKey
from customer.domain.identifiers import Identifier, IdentifierKind

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncConnection

_RECORDS = """
SELECT 1 AS line, md5(r.source || chr(9) || r.external_id) AS node_id, r.id AS record_id,
       r.customer_id,
       t.traits, r.normalised ->> 'names' AS names, r.normalised ->> 'birth_date' AS birth_date,
       r.normalised ->> 'official_ids' AS official_ids
FROM source_records r JOIN record_traits t ON t.source_record_id = r.id
"""
_KEYS = "SELECT unnest(keys) AS key, source_record_id AS record_id FROM record_traits"
# Blocked values identify nobody here either.
_IDENTIFIERS = """
SELECT i.kind, i.value, i.source_record_id AS record_id FROM identifiers i
WHERE NOT EXISTS (
    SELECT FROM blocked_identifiers b WHERE b.kind = i.kind AND b.value = i.value)
"""
LAID_OUT = {"records": _RECORDS, "keys": _KEYS, "identifiers": _IDENTIFIERS}
"""What a relink reads: records with what is compared of them, their keys, their identifiers."""
_SAME = "SELECT left_id, right_id FROM judgements WHERE judge = 'person' AND verdict = 'same'"
_APART = """
SELECT judgement_id, side, array_agg(source_record_id) AS record_ids FROM kept_apart
WHERE lifted_at IS NULL GROUP BY judgement_id, side ORDER BY judgement_id, side
"""


async def copy_out(
    connection: asyncpg.Connection[asyncpg.Record], query: str, file: Path
) -> tuple[str, ...]:
    """Write what a query gives to a CSV file with a header; gives the columns."""
    statement = await connection.prepare(query)
    await connection.copy_from_query(query, output=file, format="csv", header=True)
    return tuple(attribute.name for attribute in statement.get_attributes())


async def fetch_said(
    connection: asyncpg.Connection[asyncpg.Record],
) -> tuple[list[tuple[Any, Any]], list[tuple[set[Any], set[Any]]]]:
    """Read what people said: pairs of records that are one person, and groups that are two."""
    same = [(row["left_id"], row["right_id"]) for row in await connection.fetch(_SAME)]
    sides: dict[Any, list[set[Any]]] = {}
    for row in await connection.fetch(_APART):
        sides.setdefault(row["judgement_id"], []).append(set(row["record_ids"]))
    return same, [(pair[0], pair[1]) for pair in sides.values() if len(pair) == 2]  # noqa: PLR2004 - a pair has two sides


async def fetch_blocked(connection: asyncpg.Connection[asyncpg.Record]) -> list[Identifier]:
    """Read the identifiers that a person blocked."""
    rows = await connection.fetch("SELECT kind, value FROM blocked_identifiers")
    return [Identifier(IdentifierKind(row["kind"]), row["value"]) for row in rows]


async def all_keys(connection: AsyncConnection) -> list[RecordKey]:
    """Give the keys of all source records."""
    rows = await connection.execute(text("SELECT source, external_id FROM source_records"))
    return [RecordKey(row.source, row.external_id) for row in rows]
