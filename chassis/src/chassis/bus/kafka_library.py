"""kafka-python 3 as the bus uses it, given the types that the library does not carry."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from kafka import (
    ConsumerRebalanceListener,
    KafkaAdminClient,
    KafkaConsumer,
    KafkaProducer,
)
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    KafkaTimeoutError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.net import KafkaNetClient, KafkaNetSocket
from kafka.structs import OffsetAndMetadata
from kafka.structs import TopicPartition as Partition

from chassis.bus.kafka_address import KafkaAddress

BOOTSTRAP_MS = 3_000
REQUEST_MS = 5_000
LEARN_SECONDS = 5.0
SESSION_MS = 6_000
MAX_POLL_INTERVAL_MS = 300_000
TOPIC_WAIT_MS = 10_000

COMMIT_LOST = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

# The library tells of each attempt to reconnect at ERROR; what it means is in our `Unavailable`.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


class Record(Protocol):
    topic: str
    partition: int
    offset: int
    leader_epoch: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Sent(Protocol):
    """The acknowledgement to come; callbacks run on the producer's thread."""

    def add_callback(self, act: Callable[[object], None]) -> object: ...
    def add_errback(self, act: Callable[[BaseException], None]) -> object: ...


class Producer(Protocol):
    def send(
        self, topic: str, *, value: bytes, key: bytes, headers: list[tuple[str, bytes]]
    ) -> Sent: ...
    def close(self, timeout: float) -> None: ...


class Consumer(Protocol):
    def poll(self, *, timeout_ms: float, max_records: int) -> dict[Partition, list[Record]]: ...
    def seek(self, partition: Partition, offset: int) -> None: ...
    def close(self, *, autocommit: bool, timeout_ms: int) -> None: ...


class Admin(Protocol):
    def describe_cluster(self) -> object: ...
    def list_topics(self) -> list[str]: ...
    def close(self) -> None: ...


class Ownership(ConsumerRebalanceListener):
    """Which partitions the consumer holds, each with a token of its present term.

    A partition lost and regained gets a new token, so that what was read in an earlier term is
    neither committed nor rewound to. The library calls this on its own thread while the consumer's
    thread waits in `poll`; nothing is taken away at `on_partitions_revoked`, because a rebalance
    revokes all and then mostly gives back the same, with their positions.
    """

    def __init__(self) -> None:
        self.terms: dict[Partition, object] = {}

    def on_partitions_revoked(self, revoked: object) -> None:
        """Wait for the new assignment to learn what is really lost."""

    def on_partitions_assigned(self, assigned: set[Partition]) -> None:
        self.terms = {each: self.terms.get(each) or object() for each in assigned}

    def on_partitions_lost(self, lost: set[Partition]) -> None:
        self.terms = {each: term for each, term in self.terms.items() if each not in lost}


class ClosingSocket(KafkaNetSocket):
    """Closes a socket that cannot connect, which 3.0.12 leaves to the garbage collector."""

    SCHEMES = ("direct",)

    async def sock_connect(self, net: Any, sock: Any, sockaddr: Any, timeout_at: Any = None) -> Any:
        try:
            return await cast("Any", super()).sock_connect(net, sock, sockaddr, timeout_at)
        except BaseException:
            sock.close()
            raise


def open_producer(address: KafkaAddress, client_id: str) -> Producer:
    """Connect an idempotent producer; blocks, raises KafkaError if no broker answers.

    A batch never expires by itself (`delivery_timeout_ms` is beyond what the bus waits for): one
    that did would let a later batch of the same key pass before it is sent again. The bus abandons
    the whole producer instead.
    """
    producer = _open(
        KafkaProducer,
        address,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=2,
        batch_size=131_072,
        max_block_ms=REQUEST_MS,
        request_timeout_ms=REQUEST_MS,
        delivery_timeout_ms=600_000,
        metrics_enabled=False,
    )
    return cast("Producer", producer)


def abandon_producer(producer: Producer) -> None:
    """Fail whatever is not acknowledged and close, within about a second."""
    # The public close() waits for unacknowledged batches and then gives up closing.
    cast("Any", producer)._sender.force_close()  # noqa: SLF001
    close_producer(producer)


def close_producer(producer: Producer) -> None:
    """Close a producer that has nothing left to send; raises nothing."""
    try:
        producer.close(timeout=1.0)
    except KafkaError:
        cast("Any", producer)._sender.force_close()  # noqa: SLF001 - as above


def open_consumer(
    address: KafkaAddress,
    *,
    group: str,
    topics: Sequence[str],
    instance: str,
    ownership: Ownership,
) -> Consumer:
    """Connect a static member of a group; it joins in `poll`. Raises KafkaError."""
    consumer = _open(
        KafkaConsumer,
        address,
        client_id=instance,
        group_id=group,
        group_instance_id=instance,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_MS,
        heartbeat_interval_ms=SESSION_MS // 4,
        max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
        fetch_max_wait_ms=50,
        request_timeout_ms=REQUEST_MS,
        isolation_level="read_committed",
        metrics_enabled=False,
    )
    consumer.subscribe(list(topics), listener=ownership)
    _learn_partitions(consumer, topics)
    return cast("Consumer", consumer)


def _learn_partitions(consumer: Any, topics: Sequence[str]) -> None:
    """Wait until the partitions of all topics are known, a few seconds at the most.

    A leader that assigns partitions before it knows them assigns none, and does not always do it
    again when it learns them (3.0.12): the group would read nothing for as long as it lives.
    """
    until = time.monotonic() + LEARN_SECONDS
    while not all(consumer.partitions_for_topic(topic) for topic in topics):
        if time.monotonic() > until:
            return
        time.sleep(0.05)


def commit(consumer: Consumer, offsets: Mapping[Partition, tuple[int, int]]) -> None:
    """Commit the next offset to read and the leader epoch of the last read; raises KafkaError."""
    told = {each: OffsetAndMetadata(next_, "", epoch) for each, (next_, epoch) in offsets.items()}
    cast("Any", consumer).commit(told, timeout_ms=REQUEST_MS)


def open_admin(address: KafkaAddress, client_id: str) -> Admin:
    """Connect a client for questions about the cluster; raises KafkaError."""
    admin = _open(KafkaAdminClient, address, client_id=client_id, request_timeout_ms=REQUEST_MS)
    return cast("Admin", admin)


@dataclass(frozen=True, slots=True)
class Topic:
    partitions: int
    configs: Mapping[str, str] = field(default_factory=dict[str, str])


def create_topics(admin: Admin, topics: Mapping[str, Topic]) -> None:
    """Create topics with the brokers' default replication, and wait until each has its leaders.

    One that somebody else has made meanwhile is left as it is. Raises KafkaError.
    """
    client = cast("Any", admin)
    told = {
        name: {"num_partitions": topic.partitions, "configs": topic.configs}
        for name, topic in topics.items()
    }
    client.create_topics(told, raise_errors=False)
    client.wait_for_topics(list(topics), timeout_ms=TOPIC_WAIT_MS)


def _open(kind: Callable[..., Any], address: KafkaAddress, **settings: object) -> Any:
    """Construct a client; one that fails leaves no socket and no thread behind."""
    made: list[Any] = []

    def make_client(**config: object) -> Any:
        client: Any = KafkaNetClient(**config)
        # Passed as a setting it is not heeded (3.0.12), and a mistyped topic would come into being.
        client.cluster.config["allow_auto_create_topics"] = False
        made.append(client)
        return client

    try:
        return kind(
            bootstrap_servers=list(address.servers),
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            reconnect_backoff_max_ms=500,
            metadata_max_age_ms=30_000,
            kafka_client=make_client,
            proxy_url="direct://",  # no proxy: how the library is told to use `ClosingSocket`
            **address.security,
            **settings,
        )
    except BaseException:
        for client in made:
            client.close()
        raise


__all__ = [
    "COMMIT_LOST",
    "Admin",
    "Consumer",
    "FencedInstanceIdError",
    "KafkaError",
    "KafkaTimeoutError",
    "Ownership",
    "Partition",
    "Producer",
    "Record",
    "Topic",
    "abandon_producer",
    "close_producer",
    "commit",
    "create_topics",
    "open_admin",
    "open_consumer",
    "open_producer",
]
