"""Erasing: a customer is held with all ids and records, and everything of it goes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from chassis.global_ids import show_global_id
from customer.domain.claims import RecordKey
from customer.store.holdings import HOLDINGS, Holding
from customer.store.races import BookChangedMeanwhile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_LOOKS = 3

_IDS = """
WITH led AS (
    SELECT coalesce(
        (SELECT survivor_id FROM customer_aliases WHERE retired_id = :asked), :asked) AS id
)
SELECT c.id, c.version, FALSE AS is_retired FROM led JOIN customers c ON c.id = led.id
UNION ALL
SELECT c.id, c.version, TRUE FROM led
JOIN customer_aliases a ON a.survivor_id = led.id JOIN customers c ON c.id = a.retired_id
ORDER BY is_retired, id
"""

_HOLD = """
SELECT id FROM customers WHERE id = ANY(CAST(:ids AS text[])) ORDER BY id FOR UPDATE
"""

_RECORDS = """
SELECT id, source, external_id FROM source_records
WHERE customer_id = ANY(CAST(:ids AS text[])) OR id = ANY(CAST(:records AS uuid[])) ORDER BY id
"""

_FORGET_ANSWERS = """
DELETE FROM idempotency WHERE NOT answer ? 'erasure_id'
AND CAST(answer AS text) ~ CAST(:named AS text)
"""

_LET_GO = """
WITH mine AS (
    SELECT m.retired_id, m.survivor_id, r.id AS record_id
    FROM merges m JOIN source_records r ON r.id = ANY(m.source_record_ids)
    WHERE m.survivor_id = ANY(CAST(:customers AS text[]))
      AND m.retired_id <> ALL(CAST(:customers AS text[]))
      AND r.customer_id = ANY(CAST(:customers AS text[]))
      AND r.id <> ALL(CAST(:records AS uuid[]))
), moved AS (
    UPDATE source_records r SET customer_id = mine.retired_id FROM mine WHERE r.id = mine.record_id
), restored AS (
    UPDATE customers c SET retired_at = NULL, version = c.version + 1
    WHERE c.id IN (SELECT retired_id FROM mine) RETURNING c.id, c.version
)
SELECT mine.retired_id, mine.survivor_id, restored.version,
       array_agg(mine.record_id ORDER BY mine.record_id) AS record_ids
FROM mine JOIN restored ON restored.id = mine.retired_id
GROUP BY mine.retired_id, mine.survivor_id, restored.version
"""

_READS = "SELECT count(*) FROM customer_reads WHERE customer_id = ANY(CAST(:ids AS text[]))"

_ENTOMB_CUSTOMERS = """
INSERT INTO erased_customers (customer_id, erasure_id, erased_at)
SELECT id, :erasure_id, :at FROM unnest(CAST(:ids AS text[])) AS i (id) ORDER BY id
ON CONFLICT DO NOTHING
"""

_ENTOMB_RECORDS = """
INSERT INTO erased_records (key_hash, erasure_id, erased_at)
SELECT key_hash, :erasure_id, :at FROM unnest(CAST(:hashes AS bytea[])) AS h (key_hash)
ORDER BY key_hash
ON CONFLICT (key_hash) DO UPDATE
SET erasure_id = excluded.erasure_id, erased_at = excluded.erased_at
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """All that one erasure reaches: a customer, the ids retired into it, and its records."""

    customer_id: str
    retired_ids: tuple[str, ...]
    version: int
    records: tuple[tuple[UUID, RecordKey], ...]

    @property
    def ids(self) -> list[str]:
        """Name every id of the customer."""
        return [self.customer_id, *self.retired_ids]

    @property
    def record_ids(self) -> list[UUID]:
        """Name every record."""
        return [record_id for record_id, _ in self.records]


@dataclass(frozen=True, slots=True)
class LetGo:
    """A customer who is not to be erased with another, and the records that are its own."""

    customer_id: str
    restored_id: str
    version: int
    record_ids: tuple[UUID, ...]


async def find_reach(connection: AsyncConnection, asked_id: str) -> Reach | None:
    """Find what an id reaches at this moment; None when nobody has the id."""
    rows = (await connection.execute(text(_IDS), {"asked": asked_id})).all()
    if not rows:
        return None
    survivor, *retired = rows
    records = await _records(connection, [row.id for row in rows], [])
    return Reach(survivor.id, tuple(row.id for row in retired), survivor.version, records)


async def hold_reach(tx: Transaction, asked_id: str) -> Reach | None:
    """Find what an id reaches, and hold the customers so that it stays so until the end.

    An intake that concerns one of the records holds the same customers: it comes before, and its
    record is reached, or it looks again afterwards and finds the tombstone. Raises
    `BookChangedMeanwhile` when customers are merged again and again.
    """
    reach = await find_reach(tx, asked_id)
    for _ in range(_LOOKS):
        if reach is None:
            return None
        await tx.execute(text(_HOLD), {"ids": reach.ids})
        held, reach = reach, await find_reach(tx, asked_id)
        if reach is not None and reach.ids == held.ids:
            return reach
    raise BookChangedMeanwhile


async def hold_named(
    tx: Transaction, customer_id: str, retired_ids: Sequence[str], record_ids: Sequence[UUID]
) -> Reach:
    """Hold what an earlier erasure reached, as far as it is there again after a restore."""
    ids = [customer_id, *retired_ids]
    await tx.execute(text(_HOLD), {"ids": ids})
    records = await _records(tx, ids, record_ids)
    return Reach(customer_id, tuple(retired_ids), 0, records)


async def let_others_go(
    tx: Transaction, customer_ids: Sequence[str], record_ids: Sequence[UUID]
) -> list[LetGo]:
    """Give their own ids back to customers whom only a restore had merged into erased ones.

    They were merged when the copy was made and unmerged before the erasure, which named neither
    their ids nor their records.
    """
    whom = {"customers": list(customer_ids), "records": list(record_ids)}
    rows = await tx.execute(text(_LET_GO), whom)
    return [
        LetGo(row.survivor_id, row.retired_id, row.version, tuple(row.record_ids)) for row in rows
    ]


async def erase_everything(tx: Transaction, reach: Reach) -> dict[str, int]:
    """Erase what is held of the customer in every table; gives the rows by table.

    Answers kept for an Idempotency-Key that name the customer go too: they may tell of it.
    """
    whom = {"customers": reach.ids, "records": reach.record_ids}
    counts: dict[str, int] = {}
    for holding in HOLDINGS:
        erased = await tx.execute(text(_statement(holding)), whom)
        counts[holding.table] = len(erased.all())
    named = "|".join([*reach.ids, *map(show_global_id, reach.ids)])
    forgotten = await tx.execute(text(_FORGET_ANSWERS), {"named": named})
    counts["idempotency"] = forgotten.rowcount
    return {table: count for table, count in counts.items() if count}


async def entomb(
    tx: Transaction,
    erasure_id: UUID,
    customer_ids: Sequence[str],
    key_hashes: Sequence[bytes],
    *,
    at: datetime,
) -> None:
    """Remember ids and hashed record keys, so that nothing of the person comes back unnoticed."""
    whose = {"erasure_id": erasure_id, "at": at}
    await tx.execute(text(_ENTOMB_CUSTOMERS), {**whose, "ids": list(customer_ids)})
    await tx.execute(text(_ENTOMB_RECORDS), {**whose, "hashes": list(key_hashes)})


async def count_reads(connection: AsyncConnection, ids: Sequence[str]) -> int:
    """Count the entries of who read the customer, which outlive the erasure."""
    return (await connection.execute(text(_READS), {"ids": list(ids)})).scalar_one()


async def _records(
    connection: AsyncConnection, ids: Sequence[str], record_ids: Sequence[UUID]
) -> tuple[tuple[UUID, RecordKey], ...]:
    whom = {"ids": list(ids), "records": list(record_ids)}
    rows = await connection.execute(text(_RECORDS), whom)
    return tuple((row.id, RecordKey(row.source, row.external_id)) for row in rows)


def _statement(holding: Holding) -> str:
    if holding.erase is not None:
        return holding.erase
    return f"DELETE FROM {holding.table} WHERE {holding.where} RETURNING 1"  # noqa: S608 - constants
