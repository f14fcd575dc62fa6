"""Copying a whole base out of the database, as CSV files for a batch job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from customer.domain.claims import RecordKey
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.said import Said, SaidApart, SaidSame, in_force

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncConnection

_RECORDS = """
SELECT 1 AS line, md5(r.source || chr(9) || r.external_id) AS node_id, r.id AS record_id,
       r.customer_id,
       t.traits, r.normalised ->> 'names' AS names, r.normalised ->> 'birth_date' AS birth_date,
       r.normalised ->> 'official_ids' AS official_ids,
       CAST(r.normalised ?| ARRAY['emails', 'cards', 'accounts', 'official_ids'] AS int) AS own_id
FROM source_records r JOIN record_traits t ON t.source_record_id = r.id
"""
_KEYS = "SELECT unnest(keys) AS key, source_record_id AS record_id FROM record_traits"
_IDENTIFIERS = "SELECT kind, value, source_record_id AS record_id FROM identifiers"
LAID_OUT = {"records": _RECORDS, "keys": _KEYS, "identifiers": _IDENTIFIERS}
"""What a relink reads: records with what is compared of them, their keys, their identifiers."""
# Of a customer whom a person kept as it was, all records are one; else the two judged are.
_SAME = """
SELECT j.judged_at, array[j.left_id, j.right_id] || CASE u.act
       WHEN 'keep-together' THEN u.source_record_ids ELSE '{}' END AS record_ids
FROM judgements j LEFT JOIN rulings u ON u.judgement_id = j.id
WHERE j.judge = 'person' AND j.verdict = 'same' AND u.lifted_at IS NULL
ORDER BY j.judged_at, j.id
"""
_APART = """
SELECT k.judgement_id, j.judged_at, k.side, array_agg(k.source_record_id) AS record_ids
FROM kept_apart k JOIN judgements j ON j.id = k.judgement_id
WHERE k.lifted_at IS NULL
GROUP BY k.judgement_id, j.judged_at, k.side ORDER BY k.judgement_id, k.side
"""
_BLOCKED = "SELECT kind, value FROM blocked_identifiers"


async def copy_out(
    connection: asyncpg.Connection[asyncpg.Record], query: str, file: Path
) -> tuple[str, ...]:
    """Write what a query gives to a CSV file with a header; gives the columns."""
    statement = await connection.prepare(query)
    await connection.copy_from_query(query, output=file, format="csv", header=True)
    return tuple(attribute.name for attribute in statement.get_attributes())


async def fetch_said(connection: asyncpg.Connection[asyncpg.Record]) -> Said:
    """Read what people said of records, and did not take back."""
    same = [
        SaidSame(row["judged_at"], frozenset(row["record_ids"]))
        for row in await connection.fetch(_SAME)
    ]
    sides: dict[tuple[UUID, datetime], list[frozenset[UUID]]] = {}
    for row in await connection.fetch(_APART):
        word = row["judgement_id"], row["judged_at"]
        sides.setdefault(word, []).append(frozenset(row["record_ids"]))
    apart = [
        SaidApart(at, (parts[0], parts[1]))
        for (_, at), parts in sides.items()
        if len(parts) == 2  # noqa: PLR2004 - an erasure may have left one side only
    ]
    return in_force(same, apart)


async def fetch_blocked(connection: asyncpg.Connection[asyncpg.Record]) -> list[Identifier]:
    """Read the values that identify nobody."""
    rows = await connection.fetch(_BLOCKED)
    return [Identifier(IdentifierKind(row["kind"]), row["value"]) for row in rows]


async def all_keys(connection: AsyncConnection) -> list[RecordKey]:
    """Give the keys of all source records."""
    rows = await connection.execute(text("SELECT source, external_id FROM source_records"))
    return [RecordKey(row.source, row.external_id) for row in rows]
