"""The migrations lead to the tables that the code reads."""

from collections.abc import Awaitable, Callable

from chassis.migrations import differences
from customer.store.tables import METADATA


async def test_migrations_equal_tables(database_url: Callable[[str], Awaitable[str]]) -> None:
    url = await database_url("customer")

    assert await differences(url, METADATA) == []
