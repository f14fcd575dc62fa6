"""What every bus promises, asked of each: Kafka and the event log in PostgreSQL."""

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from chassis.bus import (
    MAX_MESSAGE_BYTES,
    Bus,
    Message,
    MessageRefused,
    Subscription,
    connect_bus,
)
from chassis.errors import Unavailable

MakeUrl = Callable[[], Awaitable[str]]
OpenBus = Callable[..., Bus]

ENOUGH_SECONDS = 30.0
READER = """
import asyncio, sys
from chassis.bus import connect_bus

async def read_without_committing(url, topic):
    subscription = connect_bus(url, instance="first").subscribe("readers", [topic])
    while not await subscription.fetch():
        pass
    print("read", flush=True)
    await asyncio.sleep(60)

asyncio.run(read_without_committing(*sys.argv[1:]))
"""


@pytest.fixture(params=[pytest.param("kafka", marks=pytest.mark.kafka), "postgresql"])
def make_url(request: pytest.FixtureRequest) -> MakeUrl:
    if request.param == "kafka":
        bootstrap: str = request.getfixturevalue("kafka")

        async def kafka() -> str:
            return f"kafka://{bootstrap}"

        return kafka
    make_database: Callable[[str], Awaitable[str]] = request.getfixturevalue("database_url")
    return lambda: make_database("empty")


@pytest.fixture
async def url(make_url: MakeUrl) -> str:
    return await make_url()


@pytest.fixture
async def open_bus(url: str) -> AsyncGenerator[OpenBus]:
    opened: list[Bus] = []

    def open_one(instance: str | None = None) -> Bus:
        opened.append(connect_bus(url, instance=instance, partitions=3))
        return opened[-1]

    yield open_one
    for bus in opened:
        await bus.close()


@pytest.fixture
def bus(open_bus: OpenBus) -> Bus:
    return open_bus()


@pytest.fixture
async def topic(bus: Bus) -> str:
    name = f"things-{uuid.uuid4().hex[:8]}"
    await bus.ensure_topics([name])
    return name


@pytest.fixture
def group() -> str:
    return f"readers-{uuid.uuid4().hex[:8]}"


def message(topic: str, key: str, value: str) -> Message:
    return Message(topic, key, value.encode())


def messages(topic: str, *values: str) -> list[Message]:
    return [message(topic, "k", value) for value in values]


async def take(subscription: Subscription, count: int) -> list[Message]:
    """Fetch until there are `count`, or it is plain that they do not come."""
    taken: list[Message] = []
    until = time.monotonic() + ENOUGH_SECONDS
    while len(taken) < count and time.monotonic() < until:
        taken += await subscription.fetch()
    return taken


def values(taken: list[Message]) -> list[str]:
    return [each.value.decode() for each in taken]


async def test_messages_of_a_key_come_in_the_order_they_were_published_in(
    bus: Bus, topic: str, group: str
) -> None:
    published = [message(topic, f"key-{n % 7}", str(n)) for n in range(1000)]

    for start in range(0, 1000, 250):
        await bus.publish(published[start : start + 250])

    taken = await take(bus.subscribe(group, [topic]), 1000)
    for key in {each.key for each in published}:
        assert [m for m in taken if m.key == key] == [m for m in published if m.key == key]
    assert len(taken) == 1000


async def test_keys_values_and_headers_survive_as_they_are(
    bus: Bus, topic: str, group: str
) -> None:
    told = Message(
        topic,
        "clé-鍵-🔑",
        bytes(range(256)),
        (
            ("ce_type", b"thing.made.v1"),
            ("ce_subject", "élan 山".encode()),
            ("raw", b"\x00\xff\xed\xa0"),
            ("raw", b""),
        ),
    )

    await bus.publish([told])

    assert await take(bus.subscribe(group, [topic]), 1) == [told]


async def test_what_was_not_committed_comes_again(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    first = open_bus("one").subscribe(group, [topic])
    await open_bus().publish(messages(topic, "a", "b"))
    assert values(await take(first, 2)) == ["a", "b"]
    await first.close()

    second = open_bus("one").subscribe(group, [topic])

    assert values(await take(second, 2)) == ["a", "b"]


async def test_reading_goes_on_after_the_last_commit(
    open_bus: OpenBus, topic: str, group: str
) -> None:
    bus = open_bus()
    await bus.publish(messages(topic, "a", "b"))
    first = bus.subscribe(group, [topic])
    assert values(await take(first, 2)) == ["a", "b"]
    await first.commit()
    await bus.close()

    again = open_bus()
    await again.publish(messages(topic, "c"))

    assert values(await take(again.subscribe(group, [topic]), 1)) == ["c"]


async def test_rewind_goes_back_to_the_last_commit(bus: Bus, topic: str, group: str) -> None:
    subscription = bus.subscribe(group, [topic])
    await bus.publish(messages(topic, "a", "b"))
    assert values(await take(subscription, 2)) == ["a", "b"]
    await subscription.commit()
    await bus.publish(messages(topic, "c", "d"))
    assert values(await take(subscription, 2)) == ["c", "d"]
    await bus.publish(messages(topic, "e"))
    assert values(await take(subscription, 1)) == ["e"]

    await subscription.rewind()

    assert values(await take(subscription, 3)) == ["c", "d", "e"]
    await subscription.commit()
    await subscription.rewind()
    assert await subscription.fetch(timeout_seconds=0.2) == []


async def test_a_fetch_brings_no_more_than_its_limit_and_the_next_goes_on(
    bus: Bus, topic: str, group: str
) -> None:
    subscription = bus.subscribe(group, [topic])
    await bus.publish(messages(topic, *"abcde"))

    seen: list[str] = []
    while len(seen) < 5:
        fetched = await subscription.fetch(limit=2)
        assert len(fetched) <= 2
        seen += values(fetched)

    assert seen == list("abcde")


async def test_each_group_reads_all_for_itself(bus: Bus, topic: str, group: str) -> None:
    await bus.publish(messages(topic, "a"))
    one, other = bus.subscribe(group, [topic]), bus.subscribe(f"{group}-2", [topic])

    assert values(await take(one, 1)) == ["a"]
    await one.commit()

    assert values(await take(other, 1)) == ["a"]


async def test_one_subscription_reads_several_topics(bus: Bus, topic: str, group: str) -> None:
    other = f"{topic}-more"
    await bus.ensure_topics([other])
    subscription = bus.subscribe(group, [topic, other])

    await bus.publish([message(topic, "k", "a"), message(other, "k", "b")])

    assert sorted(values(await take(subscription, 2))) == ["a", "b"]


async def test_an_empty_fetch_waits_no_longer_than_it_was_told(
    bus: Bus, topic: str, group: str
) -> None:
    subscription = bus.subscribe(group, [topic])
    await bus.publish(messages(topic, "a"))
    await take(subscription, 1)

    for seconds in (0.0, 0.1, 0.5):
        started = time.monotonic()
        assert await subscription.fetch(timeout_seconds=seconds) == []
        assert time.monotonic() - started < seconds + 0.3


async def test_a_waiting_fetch_wakes_when_a_message_comes(bus: Bus, topic: str, group: str) -> None:
    subscription = bus.subscribe(group, [topic])
    await bus.publish(messages(topic, "first"))
    await take(subscription, 1)
    waits: list[float] = []

    for number in range(5):
        fetch = asyncio.create_task(subscription.fetch(timeout_seconds=10))
        await asyncio.sleep(0.15)
        await bus.publish(messages(topic, str(number)))
        started = time.monotonic()
        assert values(await fetch) == [str(number)]
        waits.append(time.monotonic() - started)

    assert sorted(waits)[2] < 0.1


async def test_a_cancelled_fetch_loses_nothing(bus: Bus, topic: str, group: str) -> None:
    subscription = bus.subscribe(group, [topic])
    await bus.publish(messages(topic, "first"))
    await take(subscription, 1)
    await subscription.commit()

    fetch = asyncio.create_task(subscription.fetch(timeout_seconds=5))
    await asyncio.sleep(0.1)
    fetch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetch
    await bus.publish(messages(topic, "a"))
    await asyncio.sleep(0.3)
    await subscription.commit()

    assert values(await take(subscription, 1)) == ["a"]
    await subscription.rewind()
    assert values(await take(subscription, 1)) == ["a"]


async def test_topics_may_be_ensured_twice_and_have_dead_letters(
    bus: Bus, topic: str, group: str
) -> None:
    await bus.ensure_topics([topic])

    await bus.publish(messages(f"{topic}.dlq", "poison"))

    assert values(await take(bus.subscribe(group, [f"{topic}.dlq"]), 1)) == ["poison"]


async def test_a_message_no_bus_could_carry_is_refused_before_any_is_published(
    bus: Bus, topic: str, group: str
) -> None:
    for bad in (
        Message(topic, "k", bytes(MAX_MESSAGE_BYTES)),
        Message("no spaces", "k", b""),
        Message(topic, "nul\0", b""),
    ):
        with pytest.raises(MessageRefused):
            await bus.publish([message(topic, "k", "good"), bad])

    largest = Message(topic, "k", b"x" * (MAX_MESSAGE_BYTES - 1))
    await bus.publish([largest])
    assert await take(bus.subscribe(group, [topic]), 1) == [largest]


async def test_publishing_nothing_is_allowed(bus: Bus) -> None:
    await bus.publish([])


async def test_a_bus_that_answers_passes_the_check_quickly(bus: Bus) -> None:
    await bus.check()
    started = time.monotonic()
    await bus.check()
    assert time.monotonic() - started < 1


async def test_closing_is_quick_though_a_fetch_waits(bus: Bus, topic: str, group: str) -> None:
    subscription = bus.subscribe(group, [topic])
    await bus.publish(messages(topic, "a"))
    await take(subscription, 1)
    fetch = asyncio.create_task(subscription.fetch(timeout_seconds=20))
    await asyncio.sleep(0.1)

    started = time.monotonic()
    await bus.close()

    assert time.monotonic() - started < 2
    assert await fetch == []
    with pytest.raises(RuntimeError):
        await subscription.fetch()


@pytest.mark.slow
async def test_when_the_reader_is_killed_another_reads_what_it_had_not_committed(
    open_bus: OpenBus, url: str, topic: str
) -> None:
    bus = open_bus("second")
    await bus.publish([message(topic, f"key-{n}", str(n)) for n in range(20)])
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, url, topic), stdout=asyncio.subprocess.PIPE
    )
    assert reader.stdout is not None
    assert await reader.stdout.readline() == b"read\n"
    standby = bus.subscribe("readers", [topic])
    assert await standby.fetch(timeout_seconds=0.5) == []
    reader.kill()
    await reader.wait()

    killed = time.monotonic()
    taken = await take(standby, 20)

    assert sorted(map(int, values(taken))) == list(range(20))
    assert time.monotonic() - killed < 10


@pytest.mark.parametrize(
    "nowhere", ["kafka://127.0.0.1:1", "postgresql://nobody:secret@127.0.0.1:1/bus"]
)
async def test_a_bus_that_cannot_be_reached_says_so_in_one_line(nowhere: str) -> None:
    bus = connect_bus(nowhere)
    attempts = (
        bus.check(),
        bus.publish([Message("things", "k", b"")]),
        bus.subscribe("readers", ["things"]).fetch(),
    )

    started = time.monotonic()
    told = await asyncio.gather(*attempts, return_exceptions=True)

    assert time.monotonic() - started < 5
    for refusal in told:
        assert isinstance(refusal, Unavailable)
        assert "127.0.0.1:1" in refusal.detail
        assert "secret" not in refusal.detail
        assert "\n" not in refusal.detail
    await bus.close()


def test_a_url_of_no_bus_is_refused() -> None:
    with pytest.raises(ValueError, match="kafka://"):
        connect_bus("redis://127.0.0.1")
