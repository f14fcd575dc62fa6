"""The years of the large tables: made ahead of time, and detached when nobody needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select, text

from chassis.ids import first_uuid
from orders.domain.commercial import Commercial
from orders.domain.times import EARLIEST_YEAR
from orders.store.tables import METADATA, customer_claims, orders, parcels

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Database, Transaction

PARTITIONED = tuple(
    table.name
    for table in METADATA.sorted_tables
    if table.dialect_options["postgresql"]["partition_by"]
)
"""The names of the tables that are partitioned by year."""

_OPEN = (Commercial.PLACED, Commercial.CONFIRMED)
_YEARS = """
    SELECT split_part(part.relname, '_', -1) AS year,
        strpos(part.relname, '_before_') > 0 AS is_before,
        sum(pg_total_relation_size(part.oid))::bigint AS size,
        sum(greatest(part.reltuples, 0)) FILTER (WHERE parent.relname = 'orders')::bigint AS orders
    FROM pg_inherits
    JOIN pg_class AS part ON part.oid = inhrelid
    JOIN pg_class AS parent ON parent.oid = inhparent
    WHERE parent.relname = ANY(CAST(:tables AS text[])) AND parent.relkind = 'p'
        AND NOT inhdetachpending
    GROUP BY 1, 2 ORDER BY 2 DESC, 1
"""
_CHECK_VIOLATION = "23514"
"""What PostgreSQL says, without a constraint's name, where a row has no partition."""

_IS_PARTITION = "SELECT relispartition FROM pg_class WHERE oid = to_regclass(:name)"
_HALF_DETACHED = """
    SELECT inhrelid::regclass::text FROM pg_inherits
    WHERE inhparent = to_regclass(:table) AND inhdetachpending
"""
_PATIENCE = ("SET lock_timeout = '1h'", "SET statement_timeout = '1h'")
"""Whoever reads for a long time is waited for, and the wait keeps nobody else waiting."""
_ALONE = "SELECT pg_advisory_lock(hashtext('orders.years'))"
_STANDING = (
    "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(name) IS NOT NULL"
)


async def years(connection: AsyncConnection) -> list[tuple[str, int, int]]:
    """Give each attached year with its bytes and about how many orders it has, the oldest first."""
    rows = await connection.execute(text(_YEARS), {"tables": list(PARTITIONED)})
    return [
        (f"before {row.year}" if row.is_before else row.year, row.size, row.orders) for row in rows
    ]


async def kept_years(connection: AsyncConnection) -> frozenset[int]:
    """Give the years of which orders can be stored, from the first that there are times of."""
    rows = await connection.execute(text(_YEARS), {"tables": ["orders"]})
    kept: set[int] = set()
    for row in rows:
        year = int(row.year)
        kept.update(range(EARLIEST_YEAR, year) if row.is_before else (year,))
    return frozenset(kept)


def is_of_no_year(error: Exception) -> bool:
    """Tell whether a row was refused because its year was put away, or never made."""
    state = getattr(error, "sqlstate", None)
    return state == _CHECK_VIOLATION and getattr(error, "constraint_name", None) is None


async def add_year(tx: Transaction, year: int) -> bool:
    """Make the partitions of a year that is to come; gives False when they are there.

    A table is made first and attached then, which keeps nobody from reading and writing.
    """
    added = False
    for table in PARTITIONED:
        part = f"{table}_{year}"
        if await tx.scalar(text(_IS_PARTITION), {"name": part}):
            continue
        since, until = _bounds(year)
        await tx.execute(text(f"CREATE TABLE {part} (LIKE {table} INCLUDING ALL)"))
        await tx.execute(
            text(
                f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ('{since}')"
                f" TO ('{until}')"
            )
        )
        added = True
    return added


async def open_orders(connection: AsyncConnection, year: int) -> int:
    """Count the orders of a year that are not over, or wait for whose they are."""
    since, until = (first_uuid(datetime(each, 1, 1, tzinfo=UTC)) for each in (year, year + 1))
    waits = exists().where(
        customer_claims.c.id == orders.c.id, customer_claims.c.next_try_at.is_not(None)
    )
    statement = select(func.count()).where(
        orders.c.id >= since, orders.c.id < until, or_(orders.c.commercial.in_(_OPEN), waits)
    )
    return await connection.scalar(statement) or 0


async def detach_year(database: Database, year: int) -> list[str]:
    """Detach a year from all tables, one after the other; gives the names of what stands apart.

    Nobody is kept from reading and writing the others (`DETACH PARTITION … CONCURRENTLY`), but it
    waits for whoever read before it. What is detached already is left as it is and what was
    interrupted is brought to its end, so that it may be done again.
    """
    names = [f"{table}_{year}" for table in PARTITIONED]
    async with database.engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        try:
            for limit in _PATIENCE:
                await connection.execute(text(limit))
            await connection.execute(text(_ALONE))
            for table, part in zip(PARTITIONED, names, strict=True):
                await _detach(connection, table, part)
            standing = set(await connection.scalars(text(_STANDING), {"names": names}))
        finally:
            await connection.invalidate()  # its limits and its lock go with it
    return [name for name in names if name in standing]


async def _detach(connection: AsyncConnection, table: str, part: str) -> None:
    """Detach one partition; one that was left half detached, of any year, is in the way of it."""
    for name in await connection.scalars(text(_HALF_DETACHED), {"table": table}):
        await connection.execute(text(f"ALTER TABLE {table} DETACH PARTITION {name} FINALIZE"))
    if await connection.scalar(text(_IS_PARTITION), {"name": part}):
        await connection.execute(text(f"ALTER TABLE {table} DETACH PARTITION {part} CONCURRENTLY"))


async def parcels_of_earlier(connection: AsyncConnection, year: int) -> int:
    """Count the parcels of a year whose orders were placed before it, and are there."""
    since, until = _bounds(year)
    statement = select(func.count()).where(
        parcels.c.id >= since,
        parcels.c.id < until,
        parcels.c.order_id < since,
        exists().where(orders.c.id == parcels.c.order_id),
    )
    return await connection.scalar(statement) or 0


def _bounds(year: int) -> tuple[str, str]:
    since, until = (first_uuid(datetime(each, 1, 1, tzinfo=UTC)) for each in (year, year + 1))
    return str(since), str(until)
