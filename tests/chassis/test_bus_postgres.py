"""What is the event log's own: late commits, standbys, trimming, a server that restarts."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from carnet.postgres import EmbeddedPostgres
from chassis.bus import Message, Subscription
from chassis.bus.postgres import PostgresBus
from chassis.errors import Unavailable

OpenBus = Callable[[], PostgresBus]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

INSERT = "INSERT INTO event_log (topic, key, headers, value) VALUES ('things', 'k', '[]', $1)"


@pytest.fixture
async def url(database_url: Callable[[str], Awaitable[str]]) -> str:
    return await database_url("empty")


@pytest.fixture
async def open_bus(url: str) -> AsyncGenerator[OpenBus]:
    opened: list[PostgresBus] = []

    def open_one() -> PostgresBus:
        opened.append(PostgresBus(url))
        return opened[-1]

    yield open_one
    for bus in opened:
        await bus.close()


@pytest.fixture
async def bus(open_bus: OpenBus) -> PostgresBus:
    bus = open_bus()
    await bus.ensure_topics(["things"])
    return bus


@pytest.fixture
async def administrator(url: str, bus: PostgresBus) -> AsyncGenerator[Connection]:
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


def things(*values: str) -> list[Message]:
    return [Message("things", "k", value.encode()) for value in values]


async def take(subscription: Subscription, count: int) -> list[str]:
    taken: list[Message] = []
    until = time.monotonic() + 10
    while len(taken) < count and time.monotonic() < until:
        taken += await subscription.fetch(timeout_seconds=0.2)
    return [each.value.decode() for each in taken]


async def test_a_transaction_that_commits_late_is_not_skipped(
    bus: PostgresBus, administrator: Connection
) -> None:
    subscription = bus.subscribe("readers", ["things"])
    slow = administrator.transaction()
    await slow.start()
    await administrator.execute(INSERT, b"slow")  # has drawn its position, is not visible yet

    publishing = asyncio.create_task(bus.publish(things("quick")))
    early = await take(subscription, 1) if await _settled(publishing) else []
    await subscription.commit()
    await slow.commit()
    await publishing

    assert early + await take(subscription, 2 - len(early)) == ["slow", "quick"]


async def _settled(publishing: asyncio.Task[None]) -> bool:
    """Give the quick publisher the time to overtake, if it can."""
    done, _ = await asyncio.wait([publishing], timeout=0.5)
    return bool(done)


async def test_many_publishers_at_once_are_read_without_a_gap(
    open_bus: OpenBus, bus: PostgresBus
) -> None:
    publishers = [open_bus() for _ in range(6)]
    subscription = bus.subscribe("readers", ["things"])
    seen: list[str] = []

    async def publish(name: int, publisher: PostgresBus) -> None:
        for number in range(40):
            await publisher.publish(things(f"{name}.{number}"))

    async def read() -> None:
        while len(seen) < 240:
            seen.extend(each.value.decode() for each in await subscription.fetch(limit=7))
            await subscription.commit()

    async with asyncio.timeout(60):
        await asyncio.gather(read(), *(publish(n, each) for n, each in enumerate(publishers)))

    assert sorted(seen) == sorted(f"{name}.{number}" for name in range(6) for number in range(40))
    for name in range(6):
        mine = [each for each in seen if each.startswith(f"{name}.")]
        assert mine == [f"{name}.{number}" for number in range(40)]


async def test_the_log_is_made_once_however_many_come_at_once(open_bus: OpenBus) -> None:
    buses = [open_bus() for _ in range(8)]

    await asyncio.gather(*(each.ensure_topics(["things"]) for each in buses))

    await buses[0].publish(things("a"))


async def test_a_standby_gets_nothing_until_the_reader_closes(
    bus: PostgresBus, open_bus: OpenBus
) -> None:
    active = bus.subscribe("readers", ["things"])
    standby = open_bus().subscribe("readers", ["things"])
    await bus.publish(things("a", "b"))
    assert await take(active, 2) == ["a", "b"]
    assert await standby.fetch(timeout_seconds=0.6) == []

    await active.close()
    started = time.monotonic()

    assert await take(standby, 2) == ["a", "b"]
    assert time.monotonic() - started < 1


async def test_a_reader_that_lost_its_session_cannot_commit_over_its_successor(
    bus: PostgresBus, open_bus: OpenBus, administrator: Connection
) -> None:
    first = bus.subscribe("readers", ["things"])
    successor = open_bus().subscribe("readers", ["things"])
    await bus.publish(things("a", "b"))
    assert await take(first, 2) == ["a", "b"]

    await administrator.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
        """
    )
    assert await take(successor, 2) == ["a", "b"]
    await first.commit()
    await successor.rewind()

    assert await take(successor, 2) == ["a", "b"]
    await successor.commit()


async def test_old_rows_are_trimmed_when_every_group_has_read_them(
    bus: PostgresBus, administrator: Connection
) -> None:
    quick, slow = (bus.subscribe(group, ["things"]) for group in ("quick", "slow"))
    await bus.ensure_topics(["unread"])
    await bus.publish(
        [*things("a", "b"), Message("unread", "k", b""), Message("unread.dlq", "k", b"")]
    )
    await take(quick, 2)
    await quick.commit()
    assert await slow.fetch(limit=1)
    await slow.commit()

    await bus.trim(kept_for=timedelta(days=7))
    assert await _left(administrator) == {"things": 2, "unread": 1, "unread.dlq": 1}

    await bus.trim(kept_for=timedelta(0))
    assert await _left(administrator) == {"things": 1, "unread.dlq": 1}
    assert await take(slow, 1) == ["b"]


async def _left(administrator: Connection) -> dict[str, int]:
    rows = await administrator.fetch("SELECT topic, count(*) FROM event_log GROUP BY topic")
    return {row["topic"]: row["count"] for row in rows}


@pytest.mark.slow
async def test_the_bus_goes_on_after_its_server_restarts(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "server", durable=False)
    server.start()
    port = server.port
    bus = PostgresBus(server.superuser_url())
    subscription = bus.subscribe("readers", ["things"])
    await bus.publish(things("a"))
    assert await take(subscription, 1) == ["a"]
    await subscription.commit()
    await bus.publish(things("b"))
    assert await take(subscription, 1) == ["b"]

    server.stop()
    for attempt in (bus.check, subscription.fetch, lambda: bus.publish(things("c"))):
        with pytest.raises(Unavailable):
            await attempt()
    server = EmbeddedPostgres(tmp_path / "server", port=port, durable=False)
    server.start()

    await bus.check()
    await bus.publish(things("c"))
    assert await take(subscription, 2) == ["b", "c"]
    await bus.close()
    server.stop()
