"""The migrations lead to exactly the tables that the code uses."""

from chassis.migrations import differences
from orders.store.tables import METADATA
from tests.conftest import MakeUrl


async def test_the_migrations_equal_the_tables(database_url: MakeUrl) -> None:
    assert await differences(await database_url("orders"), METADATA) == []
