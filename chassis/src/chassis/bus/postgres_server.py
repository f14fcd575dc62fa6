"""The PostgreSQL server that holds the event log: connecting to it, and what its errors mean."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from chassis.bus import event_log
from chassis.errors import Unavailable

CONNECT_SECONDS = 4.0
STATEMENT_SECONDS = 10.0

# What a server that stops, starts, is full or cannot be reached gives: worth trying again.
TRANSIENT = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a session that the server is just ending, 0.32
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.OperatorInterventionError,
)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
AnyConnection: TypeAlias = "Connection | PoolConnectionProxy[asyncpg.Record]"


class PostgresServer:
    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self._place = f"{parts.hostname or ''}:{parts.port or 5432}{parts.path}"

    @contextlib.contextmanager
    def answering(self) -> Generator[None]:
        """Turn what may pass into one line of `Unavailable`, which never tells the password."""
        try:
            yield
        except TRANSIENT as error:
            told = f"the event log at {self._place} does not answer: {type(error).__name__}"
            raise Unavailable(told) from error

    async def connect(self) -> Connection:
        """Open a connection outside any pool, for a session that holds locks and listens."""
        return await asyncpg.connect(
            self.url, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS
        )

    async def make_log(self, connection: AnyConnection) -> None:
        """Create the log's tables unless they exist; any number of processes may come at once."""
        if await connection.fetchval(event_log.EXISTS):
            return
        async with connection.transaction():
            await connection.execute(event_log.LOCK_CREATION)
            if not await connection.fetchval(event_log.EXISTS):
                await connection.execute(event_log.CREATE)
