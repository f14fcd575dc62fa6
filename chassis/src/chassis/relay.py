"""Carrying facts from the outbox to the bus: at least once, in order for each key."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis.bus import MessageRefused
from chassis.database import OUTBOX_CHANNEL, is_transient
from chassis.errors import Unavailable
from chassis.events import Envelope, from_message, to_message
from chassis.held import keep_unpublished
from chassis.logs import get_logger
from chassis.metrics import PARKED, RELAYED
from chassis.outbox import delete_rows, oldest_rows
from chassis.waiting import Backoff, wait_for_any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.bus import Bus
    from chassis.database import Database

_BATCH = 500
_POLL_SECONDS = 0.3
_STANDBY_SECONDS = 1.0
_RELAY_LOCK = 4_242_002

log = get_logger()


async def relay(*, bus: Bus, database: Database, source: str, stop: asyncio.Event) -> None:
    """Publish what the outbox holds until `stop` is set; waits out a lost database or broker.

    One relay a database is active, by an advisory lock on the very connection it reads and
    deletes with: when that connection dies, the lock and the right to delete die with it.
    """
    backoff = Backoff()
    while not stop.is_set():
        try:
            async with database.engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await _relay_while_leading(
                    connection, bus=bus, source=source, stop=stop, backoff=backoff
                )
        except (SQLAlchemyError, OSError, Unavailable) as error:
            if not (isinstance(error, Unavailable) or is_transient(error)):
                raise
            log.warning("relay.waiting", cause=type(error).__name__)
            await backoff.wait(stop)


async def _relay_while_leading(
    connection: AsyncConnection,
    *,
    bus: Bus,
    source: str,
    stop: asyncio.Event,
    backoff: Backoff,
) -> None:
    leads = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _RELAY_LOCK})
    if not leads:
        await wait_for_any(stop, timeout_seconds=_STANDBY_SECONDS)
        return
    bell = asyncio.Event()

    def ring(*_notification: object) -> None:
        bell.set()

    raw = await connection.get_raw_connection()
    listener = cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)
    await listener.add_listener(OUTBOX_CHANNEL, ring)
    try:
        while not stop.is_set():
            bell.clear()
            published = await _publish_some(connection, bus=bus, source=source)
            backoff.reset()
            if published < _BATCH:
                await wait_for_any(bell, stop, timeout_seconds=_POLL_SECONDS)
    finally:
        with suppress(SQLAlchemyError, OSError):
            await listener.remove_listener(OUTBOX_CHANNEL, ring)
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _RELAY_LOCK})


async def _publish_some(connection: AsyncConnection, *, bus: Bus, source: str) -> int:
    rows = await oldest_rows(connection, _BATCH)
    if rows:
        try:
            await bus.publish([to_message(envelope, source) for _, envelope in rows])
        except MessageRefused:
            await _publish_singly(connection, rows, bus=bus, source=source)
        else:
            await delete_rows(connection, [seq for seq, _ in rows])
            RELAYED.inc(len(rows))
    return len(rows)


async def _publish_singly(
    connection: AsyncConnection, rows: Sequence[tuple[int, Envelope]], *, bus: Bus, source: str
) -> None:
    """Publish one by one; a fact that no bus takes, for its size say, is kept with its cause."""
    for seq, envelope in rows:
        message = to_message(envelope, source)
        try:
            await bus.publish([message])
        except MessageRefused as refused:
            log.warning("event.refused", event_id=str(envelope.id), type=envelope.type)
            await keep_unpublished(connection, from_message(message), cause=str(refused))
            PARKED.labels("relay", envelope.topic).inc()
        else:
            RELAYED.inc()
        await delete_rows(connection, [seq])
