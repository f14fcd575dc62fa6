"""The migrations lead to exactly the tables that the code uses."""

import importlib.util
from random import Random

import httpx
from sqlalchemy import text

from chassis.database import Database, unit_of_work
from chassis.migrations import differences
from orders.settings import MIGRATIONS
from orders.store import tables
from orders.store.tables import METADATA
from tests.conftest import MakeUrl
from tests.orders.conftest import Body, Place, Rows
from tests.orders.test_tracking_batches import STATUSES, at, by_number, send, ship


async def test_the_migrations_equal_the_tables(database_url: MakeUrl) -> None:
    assert await differences(await database_url("orders"), METADATA) == []


async def test_stories_and_codes_of_before_are_what_their_events_come_to(
    client: httpx.AsyncClient, place: Place, rows: Rows, database: Database
) -> None:
    file = MIGRATIONS / "versions" / "0003_join_tracking_stories.py"
    spec = importlib.util.spec_from_file_location("joining", file)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    filling = [one for one in migration.STATEMENTS if one.startswith(("UPDATE", "INSERT"))]
    random = Random(4)
    for number in range(8):
        order = await place(external_ref=str(number))
        await ship(client, order, str(number))
        told: list[Body] = [
            {"status": random.choice(STATUSES), "occurred_at": at(random.randrange(4)), "code": "X"}
            for _ in range(random.randint(1, 6))
        ]
        await send(client, *(by_number(str(number), one | {"description": "?"}) for one in told))
    parcels, codes = await rows(tables.parcels), await rows(tables.unmapped_codes)
    async with unit_of_work(database) as tx:
        await tx.execute(
            text(
                """UPDATE parcels SET terminal_at = NULL, terminal_status = NULL, other_at = NULL,
                    other_status = NULL, unmapped_at = NULL"""
            )
        )
        await tx.execute(text("DELETE FROM unmapped_codes"))
        for statement in filling:
            await tx.execute(text(statement))
    assert len(filling) == 4
    assert await rows(tables.parcels) == parcels
    [before], [after] = codes, await rows(tables.unmapped_codes)
    no_example = {"example_key": None, "example_parcel_id": None}
    assert before | no_example == after | no_example
