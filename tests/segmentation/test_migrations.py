"""The migrations make the tables that the code reads and writes."""

from chassis.migrations import differences
from segmentation.settings import MIGRATIONS
from segmentation.store.tables import metadata
from tests.conftest import MakeUrl


async def test_migrations_equal_the_tables(database_url: MakeUrl) -> None:
    assert await differences(await database_url("segmentation"), metadata) == []


def test_the_migrations_are_where_the_settings_say() -> None:
    assert (MIGRATIONS / "env.py").is_file()
