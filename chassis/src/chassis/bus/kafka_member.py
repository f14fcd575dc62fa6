"""One member of a Kafka consumer group: the blocking half of a subscription."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import structlog
from structlog.typing import FilteringBoundLogger

from chassis.bus import kafka_library as library
from chassis.bus.interface import Message
from chassis.bus.kafka_address import KafkaAddress
from chassis.bus.kafka_library import KafkaError, Partition, Record
from chassis.errors import Unavailable

SLICE_SECONDS = 0.25
CLOSE_MS = 1_000

_log: FilteringBoundLogger = structlog.get_logger()


class InstanceFenced(RuntimeError):
    """Another process joined the group under the same instance: two workers share one name."""


@dataclass(frozen=True, slots=True)
class Span:
    """What was read of one partition since the last commit, within one term of holding it."""

    first: int
    following: int
    leader_epoch: int
    term: object

    def joined_to(self, earlier: Self | None) -> Self:
        """Reach back to what was read before in the same term; another term's reading is void."""
        if earlier is None or earlier.term is not self.term:
            return self
        return replace(self, first=earlier.first)


@dataclass(frozen=True, slots=True)
class Polled:
    messages: list[Message]
    spans: Mapping[Partition, Span]


class KafkaMember:
    """Every method but `hurry` blocks, and all are called on one thread."""

    def __init__(
        self, address: KafkaAddress, *, group: str, topics: Sequence[str], instance: str
    ) -> None:
        self._address = address
        self._group = group
        self._topics = topics
        self._instance = instance
        self._consumer: library.Consumer | None = None
        self._ownership = library.Ownership()
        self._hurried = False

    def hurry(self) -> None:
        """Make a poll that is under way end within a slice; any thread may ask for it."""
        self._hurried = True

    def poll(self, limit: int, timeout_seconds: float) -> Polled:
        """Read on; raises `Unavailable` or `InstanceFenced`, and the next poll joins anew."""
        until = time.monotonic() + timeout_seconds
        try:
            consumer = self._joined()
            while True:
                left = min(until - time.monotonic(), SLICE_SECONDS)
                read = consumer.poll(timeout_ms=max(0.0, left) * 1000, max_records=limit)
                if read or self._hurried or time.monotonic() >= until:
                    return self._polled(read)
        except KafkaError as error:
            self.close()
            raise self._refusal(error) from error

    def commit(self, spans: Mapping[Partition, Span]) -> bool:
        """Commit what is still held; False where the group has moved on, and will read it again."""
        if self._consumer is None:
            return True
        held = self._held(spans)
        try:
            library.commit(
                self._consumer,
                {each: (span.following, span.leader_epoch) for each, span in held.items()},
            )
        except library.COMMIT_LOST as error:
            _log.info("offsets.superseded", group=self._group, cause=type(error).__name__)
            return False
        except KafkaError as error:
            raise self._refusal(error) from error
        return True

    def rewind(self, spans: Mapping[Partition, Span]) -> None:
        """Read the spans again, save those of partitions that others have read on meanwhile."""
        if self._consumer is None:
            return
        for partition, span in self._held(spans).items():
            self._consumer.seek(partition, span.first)

    def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with contextlib.suppress(KafkaError):
                consumer.close(autocommit=False, timeout_ms=CLOSE_MS)

    def _joined(self) -> library.Consumer:
        if self._consumer is None:
            self._ownership = library.Ownership()
            self._consumer = library.open_consumer(
                self._address,
                group=self._group,
                topics=self._topics,
                instance=self._instance,
                ownership=self._ownership,
            )
        return self._consumer

    def _held(self, spans: Mapping[Partition, Span]) -> dict[Partition, Span]:
        terms = self._ownership.terms
        return {each: span for each, span in spans.items() if terms.get(each) is span.term}

    def _polled(self, read: Mapping[Partition, list[Record]]) -> Polled:
        spans = {
            partition: Span(
                first=records[0].offset,
                following=records[-1].offset + 1,
                leader_epoch=records[-1].leader_epoch,
                term=self._ownership.terms.get(partition) or object(),
            )
            for partition, records in read.items()
        }
        return Polled([_message(each) for each in itertools.chain(*read.values())], spans)

    def _refusal(self, error: KafkaError) -> Exception:
        if isinstance(error, library.FencedInstanceIdError):
            return InstanceFenced(f"{self._instance} in group {self._group}: give each its own")
        return Unavailable(f"Kafka at {self._address} does not answer: {type(error).__name__}")


def _message(record: Record) -> Message:
    return Message(
        topic=record.topic,
        key=(record.key or b"").decode(errors="surrogateescape"),
        value=record.value or b"",
        headers=tuple((name, value or b"") for name, value in record.headers),
    )
