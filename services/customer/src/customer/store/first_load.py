"""Copying a whole house into its empty tables: all of it is there afterwards, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.database import driver, mark_announced

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_COLUMNS = {
    "customers": "id brand legal_entity home_region version created_at updated_at retired_at",
    "source_records": "id source external_id customer_id channel store country language brand "
    "legal_entity home_region raw normalised flags matched_on content_hash version observed_at "
    "created_at updated_at",
    "identifiers": "kind value source_record_id",
    "search_keys": "kind key source_record_id",
    "record_traits": "source_record_id traits keys",
    "blocking_keys": "key source_record_id",
    "judgements": "id left_id right_id verdict judge rule evidence judged_at",
    "outbox": "id aggregatetype aggregateid type sequence payload occurred_at",
}
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(
    SELECT to_regclass(name) FROM unnest($1::text[]) AS t (name))
ORDER BY 1, 2
"""
_LOCK = "LOCK TABLE customers, source_records IN SHARE ROW EXCLUSIVE MODE"
_ANY = "SELECT EXISTS (SELECT FROM source_records)"


async def is_empty(connection: AsyncConnection) -> bool:
    """Tell whether no source ever told anything."""
    return not await connection.scalar(text(_ANY))


async def copy_in(tx: Transaction, files: Mapping[str, Path]) -> bool:
    """Copy a CSV file into each table, while nobody else writes; false when some record is there.

    Foreign keys are checked for all rows together at the end, and not for each row.
    """
    connection = await driver(tx)
    await connection.execute("SET LOCAL statement_timeout = 0")
    await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    await connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    await connection.execute(_LOCK)
    if await connection.fetchval(_ANY):
        return False
    keys = await connection.fetch(_FOREIGN_KEYS, list(_COLUMNS))
    for key in keys:
        await connection.execute(f"ALTER TABLE {key['table']} DROP CONSTRAINT {key['name']}")
    for table, columns in _COLUMNS.items():
        await connection.copy_to_table(
            table, source=files[table], columns=columns.split(), format="csv", timeout=3600
        )
    for key in keys:
        await connection.execute(
            f"ALTER TABLE {key['table']} ADD CONSTRAINT {key['name']} {key['definition']}"
        )
    await connection.execute(f"ANALYZE {', '.join(_COLUMNS)}")
    mark_announced(tx)
    return True
