"""The hot unit of work: one transaction for both kinds of statements, on a connection it keeps."""

from contextlib import AsyncExitStack

import asyncpg
import pytest
from sqlalchemy import insert, text

from chassis.database import Database
from chassis.hot import hot_unit_of_work
from chassis.tables import inbox
from tests.conftest import MakeDatabase

NOTE = "INSERT INTO inbox (consumer, event_id) VALUES ('driver', $1)"


@pytest.fixture
async def database(make_database: MakeDatabase) -> Database:
    return await make_database("chassis")


async def noted(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.scalars(text("SELECT event_id FROM inbox")))


async def test_both_kinds_of_statements_are_committed_together(database: Database) -> None:
    async with hot_unit_of_work(database) as (tx, connection):
        await connection.execute(NOTE, "1")
        await tx.execute(insert(inbox).values(consumer="sqlalchemy", event_id="2"))
        assert await noted(database) == set()
    assert await noted(database) == {"1", "2"}


async def test_both_kinds_of_statements_are_rolled_back_together(database: Database) -> None:
    async def fail() -> None:
        async with hot_unit_of_work(database) as (tx, connection):
            await connection.execute(NOTE, "1")
            await tx.execute(insert(inbox).values(consumer="sqlalchemy", event_id="2"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await noted(database) == set()


async def test_the_connection_is_kept_until_the_server_closes_it(database: Database) -> None:
    async def process() -> int:
        async with hot_unit_of_work(database) as (_, connection):
            return await connection.fetchval("SELECT pg_backend_pid()")

    first = await process()
    assert await process() == first
    async with database.engine.connect() as other:
        end = text("SELECT pg_terminate_backend(:process, 5000)")
        await other.execute(end, {"process": first})
    assert await process() != first


async def test_a_connection_that_failed_is_not_used_again(database: Database) -> None:
    async def process(statement: str) -> int:
        async with hot_unit_of_work(database) as (_, connection):
            found = await connection.fetchval("SELECT pg_backend_pid()")
            await connection.execute(statement)
            return found

    first = await process("SELECT 1")
    with pytest.raises(asyncpg.PostgresError):
        await process("SELECT 1 / 0")
    assert await process("SELECT 1") != first


async def test_connections_that_are_not_kept_plan_as_others_do_again(database: Database) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(6):
            await stack.enter_async_context(hot_unit_of_work(database))

    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(database.engine.connect()) for _ in range(5)]
        for name, usual in (("plan_cache_mode", "auto"), ("enable_seqscan", "on")):
            assert {await other.scalar(text(f"SHOW {name}")) for other in others} == {usual}
