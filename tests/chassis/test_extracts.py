"""Tables written as JSON while they are read: whole, in order, and never all in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest

from chassis.database import Database, snapshot
from chassis.extracts import Rows, read_tables, show_ids, write_tables
from chassis.ids import IdType
from tests.conftest import MakeDatabase


async def batches(*tables: tuple[str, Rows]) -> AsyncIterator[tuple[str, Rows]]:
    for table in tables:
        yield table


async def written(*tables: tuple[str, Rows]) -> object:
    return orjson.loads(b"".join([piece async for piece in write_tables("p", batches(*tables))]))


async def test_tables_are_written_with_and_without_rows() -> None:
    assert await written() == {"part": "p", "tables": {}}
    assert await written(("a", ()), ("b", ())) == {"part": "p", "tables": {"a": [], "b": []}}
    told = await written(("a", ()), ("a", [{"n": 1}]), ("a", [{"n": 2}, {"n": 3}]), ("b", ()))
    assert told == {"part": "p", "tables": {"a": [{"n": 1}, {"n": 2}, {"n": 3}], "b": []}}


async def test_days_instants_and_decimals_are_written_as_texts_of_the_standard() -> None:
    row = {"on": date(2026, 3, 1), "at": datetime(2026, 3, 1, 9, tzinfo=UTC), "n": Decimal("1.50")}
    assert await written(("a", [row])) == {
        "part": "p",
        "tables": {"a": [{"on": "2026-03-01", "at": "2026-03-01T09:00:00+00:00", "n": "1.50"}]},
    }


def test_ids_are_shown_by_the_kind_of_their_column_and_global_ids_with_hyphens() -> None:
    show = show_ids({"order_id": IdType("ord")})
    assert show("order_id", UUID(int=1)) == "ord_00000000000000000000000001"
    assert show("survivor_id", "7K3M92QXF4TF") == "7K3M-92QX-F4TF"
    assert show("note", "7K3M92QXF4TF") == "7K3M92QXF4TF"
    assert show("customer_id", None) is None


async def test_what_has_no_form_in_json_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        await written(("a", [{"n": object()}]))


async def test_rows_are_read_some_at_a_time_and_shown_by_column(
    make_database: MakeDatabase,
) -> None:
    database: Database = await make_database("empty")
    statements = {
        "many": "SELECT n AS number FROM generate_series(1, :most) AS n",
        "none": "SELECT 1 AS number WHERE :most = 0",
    }
    sizes: list[tuple[str, int]] = []
    async with snapshot(database) as connection:
        tables = read_tables(
            connection,
            statements,
            {"most": 1200},
            show=lambda column, value: f"{column} {value}",
        )
        async for table, rows in tables:
            sizes.append((table, len(rows)))
            assert all(str(row["number"]).startswith("number ") for row in rows)
    assert sizes == [("many", 0), ("many", 500), ("many", 500), ("many", 200), ("none", 0)]
