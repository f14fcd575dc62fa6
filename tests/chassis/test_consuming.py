"""Facts reach other services at least once and take effect once; poison holds back only its key."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from chassis.bus import Bus, connect_bus
from chassis.consuming import Handlers, consume
from chassis.database import Database, Transaction, driver, unit_of_work
from chassis.events import Event, Incoming
from chassis.held import replay
from chassis.outbox import announce
from chassis.relay import relay
from tests.conftest import MakeDatabase, MakeUrl


class CaseSold(Event):
    topic: ClassVar[str] = "cases"
    type: ClassVar[str] = "case.sold.v1"
    example: ClassVar[dict[str, Any]] = {"number": 1}

    number: int


class SoldView(BaseModel):
    number: int


NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def shop(make_database: MakeDatabase) -> Database:
    return await make_database("chassis")


@pytest.fixture
async def books(make_database: MakeDatabase) -> Database:
    database = await make_database("chassis")
    async with unit_of_work(database) as tx:
        await tx.execute(text("CREATE TABLE sold (position serial, key text, number int)"))
    return database


@pytest.fixture
async def bus(database_url: MakeUrl) -> AsyncGenerator[Bus]:
    bus = connect_bus(await database_url("empty"))
    await bus.ensure_topics(["cases", "cases.dlq"])
    yield bus
    await bus.close()


async def note(tx: Transaction, incoming: Incoming) -> None:
    number = SoldView.model_validate_json(incoming.data).number
    if number < 0:
        raise ValueError(f"secret {number}")
    await tx.execute(
        text("INSERT INTO sold (key, number) VALUES (:key, :number)"),
        {"key": incoming.key, "number": number},
    )


HANDLERS: Handlers = {"cases": {"case.sold.v1": note}}


@asynccontextmanager
async def running(
    bus: Bus, shop: Database, books: Database, handlers: Handlers = HANDLERS
) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay(bus=bus, database=shop, source="/tests", stop=stop))
        tasks.create_task(relay(bus=bus, database=books, source="/books", stop=stop))
        tasks.create_task(
            consume(bus=bus, database=books, group="books", handlers=handlers, stop=stop)
        )
        try:
            yield
        finally:
            stop.set()


async def sell(shop: Database, key: str, *numbers: int) -> None:
    async with unit_of_work(shop) as tx:
        for sequence, number in enumerate(numbers):
            await announce(tx, CaseSold(number=number), key=key, sequence=sequence, at=NOW)


async def sell_and_fail(shop: Database) -> None:
    async with unit_of_work(shop) as tx:
        await announce(tx, CaseSold(number=1), key="k", sequence=1, at=NOW)
        raise ZeroDivisionError


async def sold(books: Database, count: int) -> list[tuple[str, int]]:
    rows: list[tuple[str, int]] = []
    for _ in range(200):
        async with unit_of_work(books) as tx:
            found = await tx.execute(text("SELECT key, number FROM sold ORDER BY position"))
            rows = [(row.key, row.number) for row in found]
        if len(rows) >= count:
            break
        await asyncio.sleep(0.05)
    return rows


async def test_a_lock_that_took_too_long_below_sqlalchemy_is_waited_for(
    bus: Bus, shop: Database, books: Database
) -> None:
    tries: list[str] = []

    async def wait_in_vain_once(tx: Transaction, incoming: Incoming) -> None:
        tries.append(incoming.id)
        if len(tries) == 1:
            await (await driver(tx)).execute("DO $$ BEGIN RAISE lock_not_available; END $$")
        await note(tx, incoming)

    handlers: Handlers = {"cases": {"case.sold.v1": wait_in_vain_once}}
    async with running(bus, shop, books, handlers):
        await sell(shop, "k", 1)
        assert await sold(books, 1) == [("k", 1)]
    assert len(tries) == 2


async def test_facts_arrive_in_order_once_committed(
    bus: Bus, shop: Database, books: Database
) -> None:
    async with running(bus, shop, books):
        await sell(shop, "k", 1, 2, 3)
        assert await sold(books, 3) == [("k", 1), ("k", 2), ("k", 3)]


async def test_a_rolled_back_change_is_never_announced(
    bus: Bus, shop: Database, books: Database
) -> None:
    async with running(bus, shop, books):
        with pytest.raises(ZeroDivisionError):
            await sell_and_fail(shop)
        await sell(shop, "k", 2)
        assert await sold(books, 1) == [("k", 2)]


async def test_a_fact_delivered_twice_takes_effect_once(
    bus: Bus, shop: Database, books: Database
) -> None:
    await sell(shop, "k", 1)
    async with unit_of_work(shop) as tx:
        await tx.execute(
            text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, sequence, payload,"
                " occurred_at) SELECT id, aggregatetype, aggregateid, type, sequence, payload,"
                " occurred_at FROM outbox"
            )
        )
    async with running(bus, shop, books):
        await sell(shop, "k", 2)
        assert await sold(books, 2) == [("k", 1), ("k", 2)]


async def test_poison_is_parked_its_key_held_back_and_the_others_go_on(
    bus: Bus, shop: Database, books: Database
) -> None:
    async with running(bus, shop, books):
        await sell(shop, "bad", 1, -2, 3)
        await sell(shop, "good", 4)
        rows = await sold(books, 2)
        await sell(shop, "bad", 5)
        await sell(shop, "good", 6)
        rows = await sold(books, 3)
    assert rows == [("bad", 1), ("good", 4), ("good", 6)]
    dead = await dead_letters(bus)
    assert len(dead) == 1
    assert b'"cause":"ValueError"' in dead[0].replace(b" ", b"")
    assert b"secret" not in dead[0]


async def test_a_held_key_is_replayed_in_order_after_the_mend(
    bus: Bus, shop: Database, books: Database
) -> None:
    async with running(bus, shop, books):
        await sell(shop, "bad", -1, 2)
        await sell(shop, "good", 3)
        await sold(books, 1)

    async def mended(tx: Transaction, incoming: Incoming) -> None:
        number = abs(SoldView.model_validate_json(incoming.data).number)
        await tx.execute(
            text("INSERT INTO sold (key, number) VALUES (:key, :number)"),
            {"key": incoming.key, "number": number},
        )

    async with unit_of_work(books) as tx:
        replayed = await replay(
            tx, "books", {"cases": {"case.sold.v1": mended}}, topic="cases", key="bad"
        )
    assert replayed == 2
    assert await sold(books, 3) == [("good", 3), ("bad", 1), ("bad", 2)]


async def dead_letters(bus: Bus) -> list[bytes]:
    subscription = bus.subscribe("readers", ["cases.dlq"])
    found = [message.value for message in await subscription.fetch(timeout_seconds=2)]
    await subscription.close()
    return found
