"""The bus on PostgreSQL: an event log for the embedded default, with one consumer a group."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

import asyncpg

from chassis.bus import event_log
from chassis.bus.interface import (
    DEAD_LETTER_SUFFIX,
    Message,
    refuse_bad_topic,
    refuse_unpublishable,
)
from chassis.bus.postgres_server import (
    CONNECT_SECONDS,
    STATEMENT_SECONDS,
    TRANSIENT,
    PostgresServer,
)
from chassis.bus.postgres_subscription import PostgresSubscription

KEPT_FOR = timedelta(days=7)
TRIM_EVERY_SECONDS = 60.0
TRIM_ROWS = 5_000
CHECK_SECONDS = 4.5
CLOSE_SECONDS = 0.8

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class PostgresBus:
    """Satisfies `Bus`. The log's tables are made at the first use, if they are missing."""

    def __init__(self, url: str) -> None:
        self._server = PostgresServer(url)
        self._pool: Pool | None = None
        self._opening = asyncio.Lock()
        self._publishing = asyncio.Lock()
        self._trimmed_at = time.monotonic()
        self._subscriptions: set[PostgresSubscription] = set()

    async def publish(self, messages: Sequence[Message]) -> None:
        """See `Bus.publish`; publications of one process keep their order of call."""
        refuse_unpublishable(messages)
        if not messages:
            return
        columns = (
            [message.topic for message in messages],
            [message.key for message in messages],
            [_headers_to_text(message.headers) for message in messages],
            [message.value for message in messages],
        )
        async with self._publishing:
            with self._server.answering():
                pool = await self._opened()
                async with pool.acquire(timeout=CONNECT_SECONDS) as connection:
                    await connection.execute(event_log.PUBLISH, *columns)
        if time.monotonic() - self._trimmed_at > TRIM_EVERY_SECONDS:
            with contextlib.suppress(*TRANSIENT):  # the messages are published in any case
                await self.trim()

    def subscribe(self, group: str, topics: Sequence[str]) -> PostgresSubscription:
        """See `Bus.subscribe`; of two subscriptions of a group one reads and one stands by."""
        for topic in topics:
            refuse_bad_topic(topic)
        subscription = PostgresSubscription(
            self._server, group=group, topics=topics, on_close=self._subscriptions.discard
        )
        self._subscriptions.add(subscription)
        return subscription

    async def ensure_topics(self, names: Sequence[str]) -> None:
        """See `Bus.ensure_topics`; a topic that is not ensured is never trimmed."""
        for name in names:
            refuse_bad_topic(name)
        topics = [*names, *(f"{name}{DEAD_LETTER_SUFFIX}" for name in names)]
        with self._server.answering():
            pool = await self._opened()
            await pool.execute(event_log.REGISTER_TOPICS, topics)

    async def check(self) -> None:
        """See `Bus.check`."""
        with self._server.answering():
            async with asyncio.timeout(CHECK_SECONDS):
                pool = await self._opened()
                await pool.fetchval("SELECT 1")

    async def trim(self, *, kept_for: timedelta = KEPT_FOR, limit: int = TRIM_ROWS) -> None:
        """Delete up to `limit` rows a topic that are older than `kept_for` and read by every group.

        A publisher does so once a minute; processes that come together leave it to one of them.
        """
        self._trimmed_at = time.monotonic()
        pool = await self._opened()
        async with pool.acquire(timeout=CONNECT_SECONDS) as connection, connection.transaction():
            if await connection.fetchval(event_log.LEAD_TRIM):
                await connection.execute(event_log.TRIM, kept_for, limit)

    async def close(self) -> None:
        """See `Bus.close`."""
        await asyncio.gather(*(each.close() for each in tuple(self._subscriptions)))
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await pool.close()
        except TRANSIENT:
            pool.terminate()

    async def _opened(self) -> Pool:
        async with self._opening:
            if self._pool is None:
                pool = asyncpg.create_pool(
                    self._server.url,
                    min_size=0,
                    max_size=3,
                    timeout=CONNECT_SECONDS,
                    command_timeout=STATEMENT_SECONDS,
                    reset=_leave_as_is,
                )
                await pool
                try:
                    async with pool.acquire(timeout=CONNECT_SECONDS) as connection:
                        await self._server.make_log(connection)
                except BaseException:
                    pool.terminate()
                    raise
                self._pool = pool
        return self._pool


async def _leave_as_is(_connection: object) -> None:
    """Spare the round trip that would reset a session: our statements leave nothing in it."""


def _headers_to_text(headers: Sequence[tuple[str, bytes]]) -> str:
    """Write headers as JSON that people can read; bytes that are no UTF-8 survive as surrogates."""
    return json.dumps([(name, value.decode(errors="surrogateescape")) for name, value in headers])
