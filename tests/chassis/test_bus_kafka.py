"""What is Kafka's own: shared partitions, static members, a broker that goes and comes."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from chassis.bus import Bus, Message, Subscription, connect_bus, kafka_subscription
from chassis.bus.kafka_member import InstanceFenced
from chassis.errors import Unavailable
from deploy.kafka.broker import Broker

pytestmark = pytest.mark.kafka

OpenBus = Callable[[str], Bus]

PARTITIONS = 6


@pytest.fixture
async def open_bus(kafka: str) -> AsyncGenerator[OpenBus]:
    opened: list[Bus] = []

    def open_one(instance: str) -> Bus:
        opened.append(connect_bus(f"kafka://{kafka}", instance=instance, partitions=PARTITIONS))
        return opened[-1]

    yield open_one
    for bus in opened:
        await bus.close()


@pytest.fixture
async def topic(open_bus: OpenBus) -> str:
    name = f"things-{uuid.uuid4().hex[:8]}"
    await open_bus("maker").ensure_topics([name])
    return name


@pytest.fixture
def group() -> str:
    return f"readers-{uuid.uuid4().hex[:8]}"


def numbered(topic: str, numbers: range) -> list[Message]:
    return [Message(topic, f"key-{number % 50}", str(number).encode()) for number in numbers]


def numbers(messages: list[Message]) -> list[int]:
    return [int(each.value) for each in messages]


async def take(subscription: Subscription, count: int, seconds: float = 20) -> list[Message]:
    taken: list[Message] = []
    until = time.monotonic() + seconds
    while len(taken) < count and time.monotonic() < until:
        taken += await subscription.fetch(timeout_seconds=0.2)
    return taken


async def test_a_topic_gets_its_partitions_and_dead_letters_are_kept_for_ever(
    kafka: str, topic: str
) -> None:
    admin: Any = await asyncio.to_thread(KafkaAdminClient, bootstrap_servers=kafka)
    try:
        made = {each["name"]: each for each in admin.describe_topics([topic, f"{topic}.dlq"])}
        configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, f"{topic}.dlq")])
    finally:
        admin.close()

    assert len(made[topic]["partitions"]) == PARTITIONS
    assert len(made[f"{topic}.dlq"]["partitions"]) == 1
    assert configs["topic"][f"{topic}.dlq"]["retention.ms"]["value"] == "-1"


@pytest.mark.slow
async def test_members_that_come_and_go_skip_nothing_and_keep_each_keys_order(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    publisher = open_bus("publisher")
    seen: list[Message] = []
    total = 3000

    async def read(instance: str, seconds: float) -> None:
        subscription = open_bus(instance).subscribe(group, [topic])
        until = time.monotonic() + seconds
        while time.monotonic() < until and len(set(seen)) < total:
            messages = await subscription.fetch(limit=40, timeout_seconds=0.1)
            await asyncio.sleep(0.01)
            seen.extend(messages)
            await subscription.commit()
        await subscription.close()

    async def publish() -> None:
        for start in range(0, total, 50):
            await publisher.publish(numbered(topic, range(start, start + 50)))
            await asyncio.sleep(0.1)

    await asyncio.gather(
        publish(),
        read("one", 1.0),
        read("two", 6.0),
        _later(2.0, lambda: read("three", 3.0)),
        _later(3.0, lambda: read("one", 2.0)),
    )
    await read("two", 20.0)

    first_seen: dict[str, list[int]] = defaultdict(list)
    for each in dict.fromkeys(seen):
        first_seen[each.key].append(int(each.value))
    assert sorted(number for each in first_seen.values() for number in each) == list(range(total))
    assert all(each == sorted(each) for each in first_seen.values())


async def _later(seconds: float, start: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(seconds)
    await start()


async def test_who_lost_a_partition_neither_commits_nor_rewinds_it(
    open_bus: OpenBus, kafka: str, topic: str, group: str
) -> None:
    await open_bus("publisher").publish(numbered(topic, range(100)))
    one = open_bus("one").subscribe(group, [topic])
    other = open_bus("other").subscribe(group, [topic])
    assert sorted(numbers(await take(one, 100))) == list(range(100))

    given_up: list[Message] = []
    while not given_up:  # both poll, so that the group settles with the partitions shared
        _, given_up = await asyncio.gather(one.fetch(), other.fetch())
    await one.commit()
    while len(given_up) < 100 and (more := await other.fetch()):
        given_up += more

    assert await _committed(kafka, group) == 100 - len(given_up)
    await one.rewind()
    assert await one.fetch() == []
    await other.rewind()
    assert sorted(numbers(await take(other, len(given_up)))) == sorted(numbers(given_up))
    assert 0 < len(given_up) < 100


async def test_a_member_that_returns_under_its_name_reads_on_at_once(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    bus = open_bus("worker")
    await bus.publish(numbered(topic, range(10)))
    first = bus.subscribe(group, [topic])
    await take(first, 10)
    await bus.close()

    again = open_bus("worker")
    started = time.monotonic()

    assert len(await take(again.subscribe(group, [topic]), 10)) == 10
    assert time.monotonic() - started < 3


async def test_two_members_of_one_process_have_names_of_their_own(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    bus = open_bus("worker")
    one, other = bus.subscribe(group, [topic]), bus.subscribe(group, [topic])
    await bus.publish(numbered(topic, range(100)))
    seen: set[int] = set()

    until = time.monotonic() + 20
    while len(seen) < 100 and time.monotonic() < until:
        for messages in await asyncio.gather(one.fetch(), other.fetch()):
            seen.update(numbers(messages))
        await asyncio.gather(one.commit(), other.commit())

    assert seen == set(range(100))


async def test_a_second_worker_under_the_same_name_fences_the_first(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    await open_bus("publisher").publish(numbered(topic, range(10)))
    first = open_bus("same").subscribe(group, [topic])
    assert len(await take(first, 10)) == 10
    kafka_subscription.names_in_use.clear()  # another process shares no names with this one
    second = open_bus("same").subscribe(group, [topic])
    assert len(await take(second, 10)) == 10

    with pytest.raises(InstanceFenced):
        await first.commit()


async def _committed(kafka: str, group: str) -> int:
    """Count the messages of all partitions that the group has committed."""
    admin: Any = await asyncio.to_thread(KafkaAdminClient, bootstrap_servers=kafka)
    try:
        offsets = admin.list_group_offsets([group])[group]
    finally:
        admin.close()
    return sum(each.offset for each in offsets.values())


@pytest.mark.slow
async def test_a_slow_handler_keeps_its_partitions(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    await open_bus("publisher").publish(numbered(topic, range(10)))
    slow = open_bus("slow").subscribe(group, [topic])
    assert len(await take(slow, 10)) == 10

    await asyncio.sleep(8)  # longer than the session
    await slow.commit()
    await slow.rewind()

    assert await slow.fetch() == []


@pytest.mark.slow
async def test_a_broker_that_goes_and_comes_costs_no_message_and_no_order(group: str) -> None:
    with Broker() as broker:
        bus = connect_bus(f"kafka://{broker.bootstrap}", instance="one", partitions=PARTITIONS)
        await bus.ensure_topics(["things"])
        subscription = bus.subscribe(group, ["things"])
        await bus.publish(numbered("things", range(100)))
        seen = await take(subscription, 100)
        await subscription.commit()

        await asyncio.to_thread(broker.stop)
        started = time.monotonic()
        with pytest.raises(Unavailable):
            await bus.publish(numbered("things", range(100, 200)))
        assert time.monotonic() - started < 12
        with pytest.raises(Unavailable):
            await bus.check()
        assert await subscription.fetch() == []
        await asyncio.to_thread(broker.start)

        while True:
            try:
                await bus.publish(numbered("things", range(100, 200)))
                break
            except Unavailable:
                await asyncio.sleep(0.2)
        await bus.check()
        seen += await take(subscription, 100)
        await subscription.commit()
        await bus.close()

    unique = list(dict.fromkeys(seen))
    assert sorted(numbers(unique)) == list(range(200))
    for key in {each.key for each in unique}:
        of_key = [int(each.value) for each in unique if each.key == key]
        assert of_key == sorted(of_key)
