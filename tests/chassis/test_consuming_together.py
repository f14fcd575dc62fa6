"""A batch of facts taken at once: one handling for all, and one by one when one of them fails."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from chassis.bus import Bus, Message, connect_bus
from chassis.consuming import Handlers, consume
from chassis.database import Database, Transaction
from chassis.events import Incoming
from tests.conftest import MakeDatabase, MakeUrl


@pytest.fixture
async def bus(database_url: MakeUrl) -> AsyncGenerator[Bus]:
    bus = connect_bus(await database_url("empty"))
    await bus.ensure_topics(["cases"])
    yield bus
    await bus.close()


def case(number: int, *, key: str = "k") -> Message:
    headers = {
        "ce_id": f"event-{number}",
        "ce_type": "case.sold.v1",
        "ce_time": "2026-03-01T00:00:00Z",
    }
    encoded = tuple((name, value.encode()) for name, value in headers.items())
    return Message("cases", key, b"%d" % number, encoded)


async def never(_tx: Transaction, _incoming: Incoming) -> None:
    pytest.fail("a handler was called although batches are handled together")


async def handled(bus: Bus, database: Database, *messages: Message, poison: int = 0) -> list[str]:
    """Publish, consume until quiet, and give the batches that were handled to their end."""
    await bus.publish(messages)
    handlers: Handlers = {"cases": {"case.sold.v1": never}}
    batches: list[str] = []
    stop = asyncio.Event()

    async def together(_tx: Transaction, due: Sequence[Incoming]) -> None:
        numbers = [int(event.data) for event in due]
        if poison in numbers:
            raise ValueError(f"secret {poison}")
        batches.append(" ".join(str(number) for number in numbers))
        if 9 in numbers:
            stop.set()

    async with asyncio.timeout(20):
        await consume(
            bus=bus,
            database=database,
            group="books",
            handlers=handlers,
            stop=stop,
            together=together,
        )
    return batches


async def test_a_batch_is_handled_once_without_what_is_told_again(
    bus: Bus, make_database: MakeDatabase
) -> None:
    books = await make_database("chassis")
    assert await handled(bus, books, case(1), case(2), case(1), case(9)) == ["1 2 9"]


async def test_a_poisoned_batch_is_handled_one_by_one(
    bus: Bus, make_database: MakeDatabase
) -> None:
    books = await make_database("chassis")
    messages = [case(1), case(5, key="bad"), case(6, key="bad"), case(9)]
    assert await handled(bus, books, *messages, poison=5) == ["1", "9"]
