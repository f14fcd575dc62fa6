"""The migrations lead to the tables that the code reads."""

from collections.abc import Awaitable, Callable

import asyncpg

from chassis.migrations import differences
from customer.store.tables import METADATA


async def test_migrations_equal_tables(database_url: Callable[[str], Awaitable[str]]) -> None:
    url = await database_url("customer")

    assert await differences(url, METADATA) == []


async def test_no_extension_of_the_server_is_needed(
    database_url: Callable[[str], Awaitable[str]],
) -> None:
    connection = await asyncpg.connect(await database_url("customer"))
    try:
        extensions = await connection.fetch("SELECT extname FROM pg_extension")
    finally:
        await connection.close()

    assert [row["extname"] for row in extensions] == ["plpgsql"]
