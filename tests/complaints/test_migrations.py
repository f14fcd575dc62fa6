"""The migrations lead to exactly the tables that the code uses."""

import asyncpg

from chassis.migrations import differences
from complaints.store.tables import METADATA
from tests.conftest import MakeUrl


async def test_the_migrations_equal_the_tables(database_url: MakeUrl) -> None:
    assert await differences(await database_url("complaints"), METADATA) == []


async def test_the_first_rules_name_only_teams_that_exist_and_one_default(
    database_url: MakeUrl,
) -> None:
    connection = await asyncpg.connect(await database_url("complaints"))
    defaults = await connection.fetch("SELECT version, default_team FROM routing_tables")
    unconditional = await connection.fetchval(
        """SELECT count(*) FROM routing_rules WHERE cardinality(
            channels || categories || countries || languages || brands || subject_words) = 0"""
    )
    await connection.close()
    assert [tuple(row) for row in defaults] == [(1, "customer-care")]
    assert unconditional == 0
