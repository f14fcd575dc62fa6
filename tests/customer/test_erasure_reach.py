"""No table is forgotten: whatever points to a customer or source record is named in the erasure."""

import re
from typing import Any, cast

from fastapi import FastAPI
from httpx import ASGITransport
from sqlalchemy import Table, text

from chassis.database import snapshot
from customer.domain.letter_words import TERM_OF, WORDS
from customer.store.holdings import EXPORTED_TOO, HOLDINGS, KEPT
from customer.store.tables import METADATA
from tests.customer.conftest import House
from tests.customer.erasing import erase

ROOTS = {"customers", "source_records"}
NAMED = {holding.table for holding in HOLDINGS} | set(KEPT)


def points_to_a_person(table: Table) -> bool:
    """Tell by a foreign key, or by a column's name where there is none."""
    leads_to = {key.column.table.name for key in table.foreign_keys}
    named = {
        column.name
        for column in table.columns
        if column.name.endswith(("customer_id", "customer_ids", "record_id", "record_ids"))
    }
    return bool(leads_to & ROOTS or named)


def test_every_table_that_points_to_a_person_is_erased_or_kept_for_a_reason() -> None:
    forgotten = {
        table.name for table in METADATA.tables.values() if points_to_a_person(table)
    } - NAMED

    assert not forgotten, "name the table in customer/store/holdings.py"


def test_every_table_that_hangs_on_an_erased_one_is_named_too() -> None:
    hanging = {
        table.name
        for table in METADATA.tables.values()
        if {key.column.table.name for key in table.foreign_keys} & NAMED - set(KEPT)
    }

    assert hanging <= NAMED, "name the table in customer/store/holdings.py"


def test_only_tables_that_exist_are_named_and_each_once() -> None:
    tables = [holding.table for holding in HOLDINGS]

    assert len(tables) == len(set(tables))
    assert set(METADATA.tables) >= NAMED
    assert all(KEPT.values())
    for holding in (*HOLDINGS, *EXPORTED_TOO):
        assert set(holding.withheld) <= set(METADATA.tables[holding.table].columns.keys())


def test_a_letter_has_words_for_every_table_in_every_language() -> None:
    for words in WORDS.values():
        for holding in HOLDINGS:
            assert TERM_OF[holding.table] in words.terms, holding.table
        assert set(TERM_OF.values()) <= set(words.terms)


async def test_every_route_of_a_customer_answers_410_when_it_was_erased(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    await erase(house, anna["customer_id"])
    transport = cast("ASGITransport", house.http._transport)  # type: ignore[attr-defined]
    app = cast("FastAPI", transport.app)
    served: dict[str, Any] = app.openapi()["paths"]
    paths = [
        path
        for path, methods in served.items()
        if re.findall("{[a-z_]+}", path) == ["{customer_id}"] and "get" in methods
    ]
    assert len(paths) > 5

    for path in paths:
        answer = await house.http.get(path.format(customer_id=anna["customer_id"]))
        assert answer.status_code == 410, (path, answer.text)


async def test_every_condition_is_good_sql_and_uses_an_index_where_the_base_is_large(
    house: House,
) -> None:
    whom = {"customers": ["0" * 12], "records": ["00000000-0000-7000-8000-000000000000"]}
    async with snapshot(house.database) as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for holding in (*HOLDINGS, *EXPORTED_TOO):
            query = text(f"EXPLAIN SELECT 1 FROM {holding.table} WHERE {holding.where}")  # noqa: S608 - our own tables
            plan = "\n".join((await connection.execute(query, whom)).scalars())
            assert f"Seq Scan on {holding.table}" not in plan, plan
