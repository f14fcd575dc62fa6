"""The unit of work of hot paths: on a kept connection, its transaction begun and ended by asyncpg.

Checking a connection out, testing it, and begin, commit and reset through SQLAlchemy cost some
400 µs of this process's time for each transaction; here they cost 60.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from asyncpg import InterfaceError, PostgresError

from chassis.database import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Database, Transaction

    Driver = asyncpg.Connection[asyncpg.Record]


_KEPT = 3

# Hot statements take arrays, for whose values the server would plan anew at every call. One plan
# must also serve when the tables have grown that were empty when it was made: it takes indexes.
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"
_PLAN_AS_OTHERS = "RESET plan_cache_mode; RESET enable_seqscan"


@asynccontextmanager
async def hot_unit_of_work(database: Database) -> AsyncGenerator[tuple[Transaction, Driver]]:
    """Open one transaction: committed at the end, rolled back on any exception.

    Gives it twice: for SQLAlchemy's statements, and as the driver's connection for hot ones. The
    connection is used again without being tested first: one that the server has closed is known
    to be closed and replaced, one that is lost in any other way fails the transaction once. So
    call it where a failure is tried again, as a `Batcher` does.
    """
    tx, connection = await _take(database)
    try:
        tx.info.pop(ANNOUNCED, None)
        async with connection.transaction():
            yield tx, connection
    except BaseException:
        await _drop(tx)
        raise
    if bool(tx.info.pop(ANNOUNCED, False)):
        database.bell.ring()
    await _keep(database, tx, connection)


@asynccontextmanager
async def hot_connection(database: Database) -> AsyncGenerator[Driver]:
    """Give the driver's connection for hot reads: each statement sees its own moment."""
    tx, connection = await _take(database)
    try:
        yield connection
    except BaseException:
        await _drop(tx)
        raise
    await _keep(database, tx, connection)


async def _take(database: Database) -> tuple[AsyncConnection, Driver]:
    """Give a kept connection, or a new one on which SQLAlchemy begins no transaction itself."""
    while database.kept:
        tx, connection = database.kept.pop()
        if not connection.is_closed():
            return tx, connection
        await _drop(tx)
    tx = await database.engine.execution_options(isolation_level="AUTOCOMMIT").connect()
    try:
        connection = await _driver(tx)
        await connection.execute(_PLAN_ONCE)
    except BaseException:
        await _drop(tx)
        raise
    return tx, connection


async def _keep(database: Database, tx: AsyncConnection, connection: Driver) -> None:
    """Keep a few, and give the others back, for all share one pool."""
    if len(database.kept) < _KEPT:
        database.kept.append((tx, connection))
        return
    try:
        await connection.execute(_PLAN_AS_OTHERS)
        await tx.close()
    except (PostgresError, InterfaceError, OSError):
        await _drop(tx)  # the work is done, and its answer is not lost for this


async def _driver(tx: AsyncConnection) -> Driver:
    raw = await tx.get_raw_connection()
    return cast("Driver", raw.driver_connection)


async def _drop(tx: AsyncConnection) -> None:
    await tx.invalidate()
    await tx.close()
