"""A subscription on Kafka: what is fetched and committed, over a group member on its own thread."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from chassis.bus.interface import Message
from chassis.bus.kafka_address import KafkaAddress
from chassis.bus.kafka_library import Partition
from chassis.bus.kafka_member import KafkaMember, Polled, Span
from chassis.errors import Unavailable

CLOSE_SECONDS = 1.5

T = TypeVar("T")

# The instances that live subscriptions of this process go by: a second one needs another name.
names_in_use: set[tuple[str, str]] = set()


class KafkaSubscription:
    """Satisfies `Subscription`. Connects and joins the group at the first `fetch`."""

    def __init__(
        self,
        address: KafkaAddress,
        *,
        group: str,
        topics: Sequence[str],
        instance: str,
        on_close: Callable[[KafkaSubscription], None],
    ) -> None:
        self._name = _take_name(group, topics, instance)
        self._member = KafkaMember(address, group=group, topics=topics, instance=self._name[1])
        self._thread = ThreadPoolExecutor(1, f"kafka-{group}")
        self._turn = asyncio.Lock()
        self._polling: asyncio.Future[Polled] | None = None
        self._uncommitted: dict[Partition, Span] = {}
        self._closed = False
        self._on_close = on_close

    async def fetch(self, *, limit: int = 500, timeout_seconds: float = 0.5) -> list[Message]:
        """See `Subscription.fetch`; also raises `InstanceFenced`."""
        async with self._turn:
            self._refuse_if_closed()
            if self._polling is None:
                self._polling = self._run(self._member.poll, limit, timeout_seconds)
            try:
                polled = await asyncio.shield(self._polling)
            except asyncio.CancelledError:
                raise  # what the thread brings is kept for the next fetch
            except BaseException:
                self._polling = None
                raise
            self._polling = None
            for partition, span in polled.spans.items():
                self._uncommitted[partition] = span.joined_to(self._uncommitted.get(partition))
            return polled.messages

    async def commit(self) -> None:
        """See `Subscription.commit`; also raises `InstanceFenced`."""
        async with self._turn:
            self._refuse_if_closed()
            if self._uncommitted and await self._run(self._member.commit, self._uncommitted):
                self._uncommitted = {}

    async def rewind(self) -> None:
        """See `Subscription.rewind`."""
        async with self._turn:
            self._refuse_if_closed()
            spans, self._uncommitted = self._uncommitted, {}
            polling, self._polling = self._polling, None
            if polling is not None:
                with contextlib.suppress(Unavailable):
                    for partition, span in (await polling).spans.items():
                        spans[partition] = span.joined_to(spans.get(partition))
            await asyncio.shield(self._run(self._member.rewind, spans))

    async def close(self) -> None:
        """See `Subscription.close`.

        A static member does not leave its group: others get its partitions when it has been silent
        for the session's six seconds, and it gets them back at once if it returns before.
        """
        if self._closed:
            return
        self._closed = True
        self._member.hurry()
        if self._polling is not None:
            self._polling.add_done_callback(_look_away)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.shield(self._run(self._member.close))
        self._thread.shutdown(wait=False)
        names_in_use.discard(self._name)
        self._on_close(self)

    def _run(self, act: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, act, *arguments)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the subscription is closed")


def _take_name(group: str, topics: Sequence[str], instance: str) -> tuple[str, str]:
    """Name the member so that it has the same name after a restart of the process.

    The topics are part of the name: a static member that returns is given its old partitions
    unasked (Kafka compares the protocol's name only), so one that returns with another topic
    would never get it.
    """
    digest = zlib.crc32("\n".join(sorted(topics)).encode())
    number = 0
    while (group, name := f"{instance}.{digest:08x}.{number}") in names_in_use:
        number += 1
    names_in_use.add((group, name))
    return group, name


def _look_away(polling: asyncio.Future[Polled]) -> None:
    """Take the exception nobody will ask for, so that asyncio does not report it."""
    if not polling.cancelled():
        polling.exception()
