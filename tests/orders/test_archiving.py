"""A year that is put away is nobody's, so that no erasure has to reach what stands apart."""

from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from sqlalchemy import select, table, text
from typer.testing import CliRunner

from carnet.cli import app as carnet
from chassis.database import Database
from orders.domain.years import YearNotOver
from orders.store import tables
from orders.store.years import PARTITIONED
from orders.use_cases import keep_years
from orders.use_cases.keep_years import archive_year
from tests.conftest import MakeUrl
from tests.identity_story import Story, shown
from tests.orders.conftest import CLAIM, Body, Place, Rows
from tests.orders.test_erasing import PRIVATE, furnish
from tests.orders.test_unmerging import everything, follow

NOW = datetime.now(UTC)
A_DAY_OF_2019 = "2019-05-04T10:00:00Z"
STORED_ID = shown(0).replace("-", "")


async def standing_apart(database: Database, year: int) -> dict[str, list[Body]]:
    """Read all tables of a year that was put away."""
    found: dict[str, list[Body]] = {}
    async with database.engine.connect() as connection:
        for name in PARTITIONED:
            rows = await connection.execute(select(text("*")).select_from(table(f"{name}_{year}")))
            found[name] = [dict(row) for row in rows.mappings()]
    return found


async def sell_in_2019(client: httpx.AsyncClient, place: Place) -> Body:
    """Have customer 0 buy, with all that may be personal, and let the order be over."""
    return await furnish(client, partial(place, placed_at=A_DAY_OF_2019, confirmed=True))


async def test_a_year_that_is_put_away_is_nobodys_and_keeps_its_amounts(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows
) -> None:
    order = await sell_in_2019(client, place)

    await archive_year(database, 2019, now=NOW)

    apart = await standing_apart(database, 2019)
    held = await everything(rows)
    [returned] = held.pop("returns")
    assert (returned["reason"][:10], returned["customer_id"]) == (PRIVATE, STORED_ID)
    for secret in (PRIVATE, "anna@", order["token"]):
        assert secret not in str(held)
        assert secret not in str(apart)
    assert STORED_ID not in str(apart)
    [stored] = apart["orders"]
    assert (stored["total_minor"], stored["customer_id"]) == (10, None)
    assert stored["erased_at"] is not None
    assert (apart["order_lines"][0]["sku"], apart["order_contacts"]) == ("RING", [])
    assert (await client.get(f"/v1/tracking/{order['token']}")).status_code == 404


async def test_nothing_of_who_is_erased_later_is_left_anywhere(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows
) -> None:
    story = Story()
    story.come()
    await sell_in_2019(client, place)
    await place(external_ref="new", customer_id=shown(0), contact={"name": PRIVATE})
    await archive_year(database, 2019, now=NOW)

    await follow(database, story.erase(0))

    held = await everything(rows) | await standing_apart(database, 2019)
    remembered = held.pop("erased_customers")
    assert [row["customer_id"] for row in remembered] == [STORED_ID]
    for secret in (PRIVATE, "anna@", STORED_ID):
        assert secret not in str(held)


async def test_other_years_keep_whose_they_are(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    await sell_in_2019(client, place)
    kept = await place(external_ref="new", customer_id=shown(0), contact={"name": PRIVATE})

    await archive_year(database, 2019, now=NOW)

    read = (await client.get(f"/v1/orders/{kept['order_id']}")).json()
    assert (read["customer_id"], read["contact"]["name"]) == (shown(0), PRIVATE)


async def test_what_was_broken_off_is_gone_on_with(
    client: httpx.AsyncClient,
    place: Place,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = await sell_in_2019(client, place)
    for number in range(4):
        await place(placed_at=A_DAY_OF_2019, external_ref=f"{number}", channel="shop")
    monkeypatch.setattr(keep_years, "_EMPTIED_TOGETHER", 2)
    await archive_year(database, 2019, now=NOW)
    async with database.engine.begin() as connection:
        await connection.execute(
            text("INSERT INTO order_contacts_2019 SELECT id, placed_at, '{}' FROM orders_2019")
        )

    await archive_year(database, 2019, now=NOW)

    apart = await standing_apart(database, 2019)
    assert (len(apart["orders"]), apart["order_contacts"]) == (5, [])
    assert order["token"] not in str(apart)


async def test_what_was_dropped_after_its_dump_is_not_asked_for(database: Database) -> None:
    await archive_year(database, 2019, now=NOW)
    async with database.engine.begin() as connection:
        for name in PARTITIONED:
            await connection.execute(text(f"DROP TABLE {name}_2019"))

    assert await archive_year(database, 2019, now=NOW) == []


async def test_a_year_stays_while_it_is_asked_whose_an_order_was(
    place: Place, database: Database, rows: Rows
) -> None:
    await place(placed_at=A_DAY_OF_2019, channel="shop", customer=CLAIM)

    with pytest.raises(YearNotOver):
        await archive_year(database, 2019, now=NOW)

    assert len(await rows(tables.orders)) == 1


async def test_the_command_asks_before_it_forgets(database_url: MakeUrl) -> None:
    url = await database_url("orders")
    command = ["orders", "archive", "2019", "--database-url", url]

    refused = CliRunner().invoke(carnet, command, input="n\n")

    assert refused.exit_code == 1
    assert "is lost" in refused.output
