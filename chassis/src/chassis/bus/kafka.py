"""The bus on Apache Kafka: an idempotent producer, and a static group member a subscription."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from chassis.bus import kafka_library as library
from chassis.bus.interface import (
    DEAD_LETTER_SUFFIX,
    Message,
    refuse_bad_topic,
    refuse_unpublishable,
)
from chassis.bus.kafka_address import KafkaAddress
from chassis.bus.kafka_library import KafkaError
from chassis.bus.kafka_subscription import KafkaSubscription
from chassis.errors import Unavailable

DELIVERY_SECONDS = 10.0
CHECK_SECONDS = 4.5
ADMIN_SECONDS = 30.0
CLOSE_SECONDS = 1.8


class KafkaBus:
    """Satisfies `Bus`. The library blocks, so producer and admin client have a thread each."""

    def __init__(self, address: KafkaAddress, *, instance: str, partitions: int) -> None:
        self._address = address
        self._instance = instance
        self._partitions = partitions
        self._producer: library.Producer | None = None
        self._producing = ThreadPoolExecutor(1, "kafka-producer")
        self._admin: library.Admin | None = None
        self._asking = ThreadPoolExecutor(1, "kafka-admin")
        self._subscriptions: set[KafkaSubscription] = set()
        self._closed = False

    async def publish(self, messages: Sequence[Message]) -> None:
        """See `Bus.publish`; publications of one process keep their order of call."""
        refuse_unpublishable(messages)
        if not messages:
            return
        acknowledged = _Acknowledgements(len(messages))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                await loop.run_in_executor(self._producing, self._send, messages, acknowledged)
                await acknowledged.all
        except (KafkaError, TimeoutError) as error:
            acknowledged.all.cancel()
            if not self._closed:
                self._producing.submit(self._abandon, acknowledged.producer)
            raise self._unavailable(error) from error

    def subscribe(self, group: str, topics: Sequence[str]) -> KafkaSubscription:
        """See `Bus.subscribe`."""
        for topic in topics:
            refuse_bad_topic(topic)
        subscription = KafkaSubscription(
            self._address,
            group=group,
            topics=topics,
            instance=self._instance,
            on_close=self._subscriptions.discard,
        )
        self._subscriptions.add(subscription)
        return subscription

    async def ensure_topics(self, names: Sequence[str]) -> None:
        """See `Bus.ensure_topics`; dead letters have one partition and wait for people for ever."""
        for name in names:
            refuse_bad_topic(name)
        dead = [f"{name}{DEAD_LETTER_SUFFIX}" for name in names]
        wanted = {
            **{name: library.Topic(self._partitions) for name in names},
            **{name: library.Topic(1, {"retention.ms": "-1"}) for name in dead},
        }

        def create_missing(admin: library.Admin) -> None:
            missing = wanted.keys() - admin.list_topics()
            if missing:
                library.create_topics(admin, {name: wanted[name] for name in missing})

        await self._ask(create_missing, ADMIN_SECONDS)

    async def check(self) -> None:
        """See `Bus.check`."""
        await self._ask(lambda admin: admin.describe_cluster(), CHECK_SECONDS)

    async def close(self) -> None:
        """See `Bus.close`."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.gather(
                    *(subscription.close() for subscription in tuple(self._subscriptions)),
                    loop.run_in_executor(self._producing, self._close_producer),
                    loop.run_in_executor(self._asking, self._close_admin),
                )
        self._producing.shutdown(wait=False, cancel_futures=True)
        self._asking.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, question: Callable[[library.Admin], object], seconds: float) -> None:
        def ask() -> None:
            if self._admin is not None:
                with contextlib.suppress(KafkaError):
                    question(self._admin)
                    return
                self._close_admin()  # its connection may be of a broker that has gone: ask anew
            self._admin = library.open_admin(self._address, self._instance)
            question(self._admin)

        try:
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().run_in_executor(self._asking, ask)
        except (KafkaError, TimeoutError) as error:
            raise self._unavailable(error) from error

    def _send(self, messages: Sequence[Message], acknowledged: _Acknowledgements) -> None:
        if self._producer is None:
            self._producer = library.open_producer(self._address, self._instance)
        acknowledged.producer = self._producer
        for message in messages:
            sent = self._producer.send(
                message.topic,
                value=message.value,
                key=message.key.encode(errors="surrogateescape"),
                headers=list(message.headers),
            )
            sent.add_callback(acknowledged.count)
            sent.add_errback(acknowledged.fail)

    def _abandon(self, producer: library.Producer | None) -> None:
        """Give up a producer with all it holds, before anything is published anew."""
        if producer is not None and producer is self._producer:
            self._producer = None
            library.abandon_producer(producer)

    def _close_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            library.close_producer(producer)

    def _close_admin(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()

    def _unavailable(self, error: BaseException) -> Unavailable:
        return Unavailable(f"Kafka at {self._address} does not answer: {type(error).__name__}")


class _Acknowledgements:
    """Counts what the brokers acknowledge; wakes the publisher at the last or at a failure."""

    def __init__(self, expected: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._missing = expected
        self._lock = threading.Lock()
        self.all: asyncio.Future[None] = self._loop.create_future()
        self.producer: library.Producer | None = None

    def count(self, _record: object) -> None:
        with self._lock:
            self._missing -= 1
            if self._missing:
                return
        self._wake(lambda: self.all.set_result(None))

    def fail(self, error: BaseException) -> None:
        self._wake(lambda: self.all.set_exception(error))

    def _wake(self, act: Callable[[], None]) -> None:
        def settle() -> None:
            if not self.all.done():
                act()

        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits
            self._loop.call_soon_threadsafe(settle)
