"""A base that followed merges before they could be undone is brought to where they can."""

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.migrations import upgrade
from tests.conftest import MIGRATIONS, MakeUrl

CHAIN = """INSERT INTO customer_aliases (retired_id, survivor_id, merged_at)
    VALUES ('A', 'B', '2026-01-01Z'), ('B', 'C', '2026-01-02Z')"""
FACTS = {
    "orders": """INSERT INTO returns (id, source, external_ref, body_hash, client_id, customer_id,
            channel, country, brand, legal_entity, home_region, currency, refund_minor,
            returned_at, time_zone, returned_on, received_at)
        VALUES (gen_random_uuid(), 's', 'r', '', 'c', 'C', 'web', 'FR', 'h', 'h', 'h', 'EUR', 1,
            now(), 'UTC', '2026-01-01', now())""",
    "complaints": """INSERT INTO complaints (id, version, status, channel, source, subject, text,
            country, brand, legal_entity, home_region, customer_id, received_at, updated_at)
        VALUES (gen_random_uuid(), 1, 'received', 'web', 's', 's', 't', 'FR', 'h', 'h', 'FR', 'C',
            now(), now())""",
    "segmentation": """INSERT INTO return_facts (return_id, customer_id, owner_sequence, currency,
            refund_minor, returned_at)
        VALUES (gen_random_uuid(), 'C', 1, 'EUR', 1, now())""",
}
TABLES = {"orders": "returns", "complaints": "complaints", "segmentation": "return_facts"}


@pytest.mark.parametrize("service", FACTS)
async def test_facts_and_aliases_are_taken_over(database_url: MakeUrl, service: str) -> None:
    url = await database_url("empty")
    await _to_the_first(service, url)
    connection = await asyncpg.connect(url)
    await connection.execute(CHAIN)
    await connection.execute(FACTS[service])

    await upgrade(MIGRATIONS[service], url)

    told = await connection.fetchval(f"SELECT told_customer_id FROM {TABLES[service]}")  # noqa: S608 - the tables above
    aliases = await connection.fetch("SELECT retired_id, survivor_id FROM customer_aliases")
    moves = await connection.fetch("SELECT customer_id, leads_to FROM customer_moves")
    await connection.close()
    assert told == "C"
    assert {tuple(row.values()) for row in moves} == {("A", "B"), ("B", "C")}
    if service != "orders":  # which never kept chains
        assert {tuple(row.values()) for row in aliases} == {("A", "C"), ("B", "C")}


async def _to_the_first(service: str, url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS[service]))
    config.set_main_option("path_separator", "os")
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))

    def run(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()
