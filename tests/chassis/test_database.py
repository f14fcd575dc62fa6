"""What the database tells of itself."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.database import unit_of_work
from tests.conftest import MakeDatabase


async def test_an_error_does_not_tell_what_was_stored(make_database: MakeDatabase) -> None:
    database = await make_database("empty")
    statement = text("SELECT CAST(:address AS text), 1 / 0")
    with pytest.raises(DBAPIError) as refused:
        async with unit_of_work(database) as tx:
            await tx.execute(statement, {"address": "anna@example.com"})
    assert "anna" not in str(refused.value)
