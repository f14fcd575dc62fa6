"""A subscription on PostgreSQL: the session that leads its group, reads, and is woken by NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence

import asyncpg

from chassis.bus import event_log
from chassis.bus.interface import Message
from chassis.bus.postgres_server import TRANSIENT, Connection, PostgresServer

POLL_SECONDS = 0.5
STANDBY_SECONDS = 0.25
CLOSE_SECONDS = 1.0


class PostgresSubscription:
    """Satisfies `Subscription`. Connects at the first `fetch`.

    All is done on one connection, whose session holds the group's lock: a reader that has lost its
    connection has lost its lead too, and cannot commit over the one that took over.
    """

    def __init__(
        self,
        server: PostgresServer,
        *,
        group: str,
        topics: Sequence[str],
        on_close: Callable[[PostgresSubscription], None],
    ) -> None:
        self._server = server
        self._group = group
        self._topics = list(dict.fromkeys(topics))
        self._connection: Connection | None = None
        self._leads = False
        self._committed: dict[str, int] = {}
        self._read: dict[str, int] = {}
        self._turn = asyncio.Lock()
        self._rung = asyncio.Event()
        self._closed = False
        self._on_close = on_close

    async def fetch(self, *, limit: int = 500, timeout_seconds: float = 0.5) -> list[Message]:
        """See `Subscription.fetch`; a standby gets nothing until the group's reader is gone."""
        until = time.monotonic() + timeout_seconds
        async with self._turn:
            self._refuse_if_closed()
            async with self._session() as connection:
                while not self._closed:
                    self._rung.clear()
                    if messages := await self._next(connection, limit):
                        return messages
                    if not await self._wait(until):
                        break
        return []

    async def commit(self) -> None:
        """See `Subscription.commit`."""
        async with self._turn:
            self._refuse_if_closed()
            if self._read == self._committed:
                return
            async with self._session() as connection:
                read = dict(self._read)  # nothing, where the connection is a new one
                await connection.execute(
                    event_log.COMMIT, self._group, list(read), list(read.values())
                )
                self._committed = read

    async def rewind(self) -> None:
        """See `Subscription.rewind`."""
        async with self._turn:
            self._refuse_if_closed()
            self._read = dict(self._committed)

    async def close(self) -> None:
        """See `Subscription.close`; a standby takes over at once."""
        if self._closed:
            return
        self._closed = True
        self._rung.set()
        self._on_close(self)
        try:
            async with asyncio.timeout(CLOSE_SECONDS), self._turn:
                if self._connection is not None:
                    await self._connection.close()
        except TRANSIENT:
            if self._connection is not None:
                self._connection.terminate()

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncGenerator[Connection]:
        with self._server.answering():
            connection = await self._connected()
            try:
                yield connection
            except TRANSIENT:
                connection.terminate()
                raise

    async def _connected(self) -> Connection:
        """Return the living connection, or a new one, which forgets what was read before."""
        if self._connection is None or self._connection.is_closed():
            self._leads = False
            self._read, self._committed = {}, {}
            connection = await self._server.connect()
            try:
                self._refuse_if_closed()
                await self._server.make_log(connection)
                await connection.add_listener(event_log.CHANNEL, self._ring)
                connection.add_termination_listener(lambda _: self._rung.set())
            except BaseException:
                connection.terminate()
                raise
            self._connection = connection
        return self._connection

    async def _next(self, connection: Connection, limit: int) -> list[Message]:
        if not self._leads and not await self._take_lead(connection):
            return []
        topics = list(self._read)
        rows = await connection.fetch(event_log.READ, topics, list(self._read.values()), limit)
        messages = [_message(row) for row in rows]
        self._read |= {row["topic"]: row["position"] for row in rows}
        return messages

    async def _take_lead(self, connection: Connection) -> bool:
        if not await connection.fetchval(event_log.LEAD, self._group):
            return False
        await connection.execute(event_log.REGISTER, self._group, self._topics)
        rows = await connection.fetch(event_log.OFFSETS, self._group, self._topics)
        self._committed = {row["topic"]: row["position"] for row in rows}
        self._read = dict(self._committed)
        self._leads = True
        return True

    async def _wait(self, until: float) -> bool:
        """Wait for the bell or the next poll; False when the time is over."""
        left = until - time.monotonic()
        if left <= 0:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(left, POLL_SECONDS if self._leads else STANDBY_SECONDS)):
                await self._rung.wait()
        return True

    def _ring(self, _connection: object, _pid: int, _channel: str, topic: object) -> None:
        if topic in self._topics:
            self._rung.set()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the subscription is closed")


def _message(row: asyncpg.Record) -> Message:
    headers: list[tuple[str, str]] = json.loads(row["headers"])
    return Message(
        topic=row["topic"],
        key=row["key"],
        value=row["value"],
        headers=tuple((name, value.encode(errors="surrogateescape")) for name, value in headers),
    )
