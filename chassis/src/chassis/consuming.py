"""Applying facts of other services: at least once in, once applied, in order for each key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from chassis.bus import Bus, Message, Subscription
from chassis.database import Database, Transaction, is_transient, unit_of_work
from chassis.errors import Unavailable
from chassis.events import Incoming, from_message
from chassis.held import describe, held_keys, hold, park
from chassis.inbox import first_seen
from chassis.logs import get_logger
from chassis.metrics import CONSUMED, PARKED, REPEATED
from chassis.tracing import continue_trace
from chassis.waiting import Backoff

Handler: TypeAlias = Callable[[Transaction, Incoming], Awaitable[None]]
Handlers: TypeAlias = Mapping[str, Mapping[str, Handler]]
"""For each topic, a handler for each event type."""
BatchHandler: TypeAlias = Callable[[Transaction, Sequence[Incoming]], Awaitable[None]]

_BATCH = 500
_FETCH_SECONDS = 0.5
_TRIES = 5
_DATABASE_ERRORS = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""With those that `driver` lets through as they are; only some of them may pass."""

log = get_logger()


async def consume(
    *,
    bus: Bus,
    database: Database,
    group: str,
    handlers: Handlers,
    stop: asyncio.Event,
    together: BatchHandler | None = None,
) -> None:
    """Apply the facts of some topics until `stop` is set.

    `handlers` gives for each topic a handler for each event type; other types are passed over.
    `together`, where given, does for a whole batch what they would do one after the other.
    A batch is one transaction: inbox rows and effects; offsets are committed after it. When a
    batch fails, its facts are applied one by one; one that fails five times is parked in
    `<topic>.dlq` and its key held back, while the others go on. A database or broker out of
    reach is waited for and never parks anything.
    """
    backoff = Backoff()
    while not stop.is_set():
        subscription = bus.subscribe(group, tuple(handlers))
        consumer = _Consumer(subscription, database, group, handlers, together)
        try:
            while not stop.is_set():
                await consumer.step()
                backoff.reset()
        except (*_DATABASE_ERRORS, OSError, Unavailable) as error:
            if not _may_pass(error):
                raise
            log.warning("consumer.waiting", consumer=group, cause=type(error).__name__)
            await backoff.wait(stop)
        finally:
            await subscription.close()


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Unavailable) or is_transient(error)


class _Consumer:
    def __init__(
        self,
        subscription: Subscription,
        database: Database,
        group: str,
        handlers: Handlers,
        together: BatchHandler | None,
    ) -> None:
        self._subscription = subscription
        self._database = database
        self._group = group
        self._handlers = handlers
        self._handle = together or self._handle_in_turn

    async def step(self) -> None:
        """Fetch a batch, apply it, commit its offsets."""
        messages = await self._subscription.fetch(limit=_BATCH, timeout_seconds=_FETCH_SECONDS)
        if not messages:
            return
        incoming = await self._read(messages)
        if incoming:
            await self._apply(incoming)
        await self._subscription.commit()

    async def _read(self, messages: Sequence[Message]) -> list[Incoming]:
        incoming: list[Incoming] = []
        for message in messages:
            try:
                event = from_message(message)
            except ValueError as error:
                log.warning(
                    "event.unreadable", consumer=self._group, topic=message.topic, cause=str(error)
                )
                PARKED.labels(self._group, message.topic).inc()
                async with unit_of_work(self._database) as tx:
                    await park(tx, self._group, message, cause=str(error))
                continue
            if event.type in self._handlers[event.topic]:
                incoming.append(event)
        return incoming

    async def _apply(self, incoming: Sequence[Incoming]) -> None:
        try:
            await self._apply_together(incoming)
        except Exception as error:  # the loop of a worker: everything else is parked below
            if _may_pass(error):
                raise
            for event in incoming:
                await self._apply_alone(event)

    async def _apply_alone(self, event: Incoming) -> None:
        cause = ""
        for attempt in range(1, _TRIES + 1):
            try:
                await self._apply_together([event])
            except Exception as error:  # the loop of a worker: the fact is parked
                if _may_pass(error):
                    raise
                log.exception("event.failed", event_id=event.id, type=event.type, attempt=attempt)
                cause = describe(error)
            else:
                return
        PARKED.labels(self._group, event.topic).inc()
        async with unit_of_work(self._database) as tx:
            await first_seen(tx, self._group, [event.id])
            await hold(tx, self._group, event, cause=cause)

    async def _apply_together(self, incoming: Sequence[Incoming]) -> None:
        async with unit_of_work(self._database) as tx:
            fresh = await first_seen(tx, self._group, [event.id for event in incoming])
            held = await held_keys(
                tx, self._group, {(event.topic, event.key) for event in incoming}
            )
            due: list[Incoming] = []
            for event in incoming:
                if event.id not in fresh:
                    REPEATED.labels(self._group).inc()
                    continue
                fresh.remove(event.id)
                if (event.topic, event.key) in held:
                    await hold(tx, self._group, event, cause=None)
                else:
                    due.append(event)
            traces = {event.traceparent for event in due}
            continue_trace(traces.pop() if len(traces) == 1 else None)
            if due:
                await self._handle(tx, due)
        for event in due:
            CONSUMED.labels(self._group, event.type).inc()
        continue_trace(None)

    async def _handle_in_turn(self, tx: Transaction, due: Sequence[Incoming]) -> None:
        for event in due:
            continue_trace(event.traceparent)
            await self._handlers[event.topic][event.type](tx, event)
