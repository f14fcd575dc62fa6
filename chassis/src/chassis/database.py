"""One PostgreSQL database: its pool, the unit of work that changes it, the snapshot to read it."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias, cast

import asyncpg
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

Transaction: TypeAlias = AsyncConnection
OUTBOX_CHANNEL = "outbox"
ANNOUNCED = "announced"
_CONNECT_TIMEOUT_SECONDS = 5
_ANSWER_TIMEOUT_SECONDS = 2
_BELL_DELAY_SECONDS = 0.003
_TIME_LIMITS = {
    "lock_timeout": "5s",
    "statement_timeout": "120s",
    "idle_in_transaction_session_timeout": "60s",
}
"""No wait is without a limit; jobs over a whole base are what the longest one is for."""
_PASSING_STATES = ("08", "57P", "53", "55P03", "57014")
"""Connection lost, server going down, no resources, a lock or a statement took too long."""


class Bell:
    """Wakes the relay after commits that announced something, at most every few milliseconds.

    A NOTIFY inside each transaction would serialise the commits; this one comes after them, on a
    connection of its own, and one ring covers all commits that came in meanwhile. A ring may be
    lost: the relay polls as well.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Ring on the given engine's database."""
        self._engine = engine
        self._wanted = False
        self._task: asyncio.Task[None] | None = None
        self._line: asyncpg.Connection[asyncpg.Record] | None = None

    def ring(self) -> None:
        """Ask for a wake-up soon; returns at once."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ring())

    async def close(self) -> None:
        """Let a ring that is under way end."""
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._line is not None:
            await self._line.close(timeout=_ANSWER_TIMEOUT_SECONDS)

    async def _ring(self) -> None:
        while self._wanted:
            await asyncio.sleep(_BELL_DELAY_SECONDS)
            self._wanted = False
            try:
                await self._notify()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                return

    async def _notify(self) -> None:
        """Ring on a kept line of its own: through the pool it costs twenty times as much."""
        if self._line is None or self._line.is_closed():
            url = self._engine.url.set(drivername="postgresql")
            self._line = await asyncpg.connect(
                url.render_as_string(hide_password=False), timeout=_CONNECT_TIMEOUT_SECONDS
            )
        await self._line.execute(f"NOTIFY {OUTBOX_CHANNEL}")


class Database:
    """A service's own database, reached through a bounded pool of asyncpg connections."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Wrap an engine; use `Database.connect` unless you made the engine yourself."""
        self.engine = engine
        self.reader = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.bell = Bell(engine)
        self.kept: list[tuple[AsyncConnection, asyncpg.Connection[asyncpg.Record]]] = []

    @classmethod
    def connect(cls, url: str, *, pool_size: int = 10) -> Database:
        """Make the pool for a `postgresql://` URL; nothing is opened before the first use.

        What statements are sent with stays out of errors, and so out of the logs.
        """
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "timeout": _CONNECT_TIMEOUT_SECONDS,
                "server_settings": {"timezone": "UTC", "jit": "off", **_TIME_LIMITS},
            },
        )
        return cls(engine)

    async def problem(self) -> str | None:
        """Tell what keeps the database from answering, or None when it answers."""
        try:
            async with (
                asyncio.timeout(_ANSWER_TIMEOUT_SECONDS),
                self.engine.connect() as connection,
            ):
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, asyncpg.PostgresError) as error:
            return f"database: {type(error).__name__}"
        return None

    async def close(self) -> None:
        """Close the pool."""
        await self.bell.close()
        while self.kept:
            tx, _ = self.kept.pop()
            await tx.close()
        await self.engine.dispose()


@asynccontextmanager
async def unit_of_work(database: Database) -> AsyncGenerator[Transaction]:
    """Open a use case's one transaction: committed at the end, rolled back on any exception."""
    async with database.engine.begin() as tx:
        tx.info.pop(ANNOUNCED, None)
        yield tx
        announced = bool(tx.info.pop(ANNOUNCED, False))
    if announced:
        database.bell.ring()


@asynccontextmanager
async def snapshot(database: Database) -> AsyncGenerator[AsyncConnection]:
    """Open a read-only view in which all statements see the same moment."""
    async with database.reader.connect() as connection:
        yield connection


def mark_announced(tx: Transaction) -> None:
    """Say that this transaction wrote to the outbox, so that the relay is woken after it."""
    tx.info[ANNOUNCED] = True


async def driver(tx: Transaction) -> asyncpg.Connection[asyncpg.Record]:
    """Give the asyncpg connection below, inside the same transaction, for hot single statements.

    SQLAlchemy begins its transaction with the first statement it sends, so one is sent here if
    none was yet.
    """
    raw = await tx.get_raw_connection()
    connection = cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)
    if not connection.is_in_transaction():
        await tx.execute(text("SELECT 1"))
    return connection


async def lock(tx: Transaction, *names: str) -> None:
    """Take advisory locks on names until the transaction ends, in an order that cannot deadlock."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"),
        {"keys": lock_names(*names)},
    )


def lock_names(*names: str) -> list[int]:
    """Give the numbers under which names are locked, in an order that cannot deadlock."""
    return sorted(
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        for name in set(names)
    )


def is_transient(error: BaseException) -> bool:
    """Tell whether the database was out of reach, so that the same call may succeed later."""
    if isinstance(error, PoolTimeout | OSError | asyncpg.InterfaceError):
        return True
    if isinstance(error, InterfaceError | OperationalError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _may_pass(error.orig)
    return _may_pass(error)


def _may_pass(error: BaseException | None) -> bool:
    """Read the state that PostgreSQL gave, also from what `driver` raises as it is."""
    state = cast("str | None", getattr(error, "sqlstate", None))
    return (state or "").startswith(_PASSING_STATES)
