"""Large tables in years: an order lies where it was placed, and a year that is over goes apart."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import Text, literal_column, select, table, text, update
from sqlalchemy.exc import DBAPIError

from chassis.database import Database, unit_of_work
from orders.domain.years import YearNotOver
from orders.events import ORDER
from orders.store import tables
from orders.store.years import PARTITIONED, add_year
from orders.use_cases.keep_years import archive_year, list_years, prepare_next_year
from tests.orders.conftest import CUSTOMER, Place, Rows, an_order
from tests.orders.test_changing import ship, slug

NOW = datetime.now(UTC)
LOCK_TIMEOUT_SECONDS = 5


async def where(database: Database, name: str) -> list[str]:
    async with database.engine.connect() as connection:
        place = literal_column("tableoid::regclass::text", Text)
        found = await connection.execute(select(place).select_from(table(name)))
        return [str(row[0]) for row in found]


async def sell(place: Place, year: int, **changes: Any) -> dict[str, Any]:
    changes = {"placed_at": f"{year}-05-04T10:00:00Z", "external_ref": f"R-{year}"} | changes
    return await place(**changes)


async def test_an_order_lies_in_the_year_it_was_placed_in(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    old = await sell(place, 2019)
    await sell(place, 1987)
    assert await where(database, "orders") == [f"orders_before_{NOW.year - 10}", "orders_2019"]
    assert set(await where(database, "order_lines")) == {
        f"order_lines_before_{NOW.year - 10}",
        "order_lines_2019",
    }
    assert (await ship(client, old)).status_code == 201
    assert await where(database, "shipment_lines") == ["shipment_lines_2019"] * 2
    assert await where(database, "parcels") == [f"parcels_{NOW.year}"]


async def test_a_wrong_clock_leads_to_no_year_that_is_not_there(
    place: Place, database: Database
) -> None:
    await sell(place, 2199)
    await sell(place, 1970)
    assert sorted(await where(database, "orders")) == [
        f"orders_{NOW.year}",
        f"orders_before_{NOW.year - 10}",
    ]


async def test_the_next_year_is_there_before_it_begins(database: Database) -> None:
    assert await prepare_next_year(database, now=NOW) is False
    later = NOW.replace(year=NOW.year + 1)
    assert await prepare_next_year(database, now=later) is True
    assert await prepare_next_year(database, now=later) is False
    async with unit_of_work(database) as tx:
        moment = datetime(NOW.year + 2, 6, 1, tzinfo=UTC)
        await tx.execute(
            text("INSERT INTO order_contacts VALUES (:id, :at, '{}')"),
            {"id": ORDER.new(at=moment), "at": moment},
        )
    assert await where(database, "order_contacts") == [f"order_contacts_{NOW.year + 2}"]


async def test_a_year_that_is_over_is_put_away_and_its_references_stay_taken(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    taken = await sell(place, 2019, channel="shop")
    kept = await sell(place, 2020, channel="shop")
    assert tuple(year for year, _, _ in await list_years(database)) >= ("2019", "2020")
    apart = await archive_year(database, 2019, now=NOW)
    assert apart[: len(PARTITIONED)] == [f"{each}_2019" for each in PARTITIONED]
    assert await archive_year(database, 2019, now=NOW) == apart
    assert "2019" not in [year for year, _, _ in await list_years(database)]
    gone = await client.get(f"/v1/orders/{taken['order_id']}")
    there = await client.get(f"/v1/orders/{kept['order_id']}")
    assert (gone.status_code, there.status_code) == (404, 200)
    body = an_order(placed_at="2019-05-04T10:00:00Z", external_ref="R-2019", channel="shop")
    again = await client.post("/v1/orders", json=body)
    assert (again.status_code, slug(again)) == (409, "order-archived")
    assert await where(database, "orders_2019") == ["orders_2019"]


@pytest.mark.parametrize("year", [2019, 2500])
async def test_a_year_with_open_orders_or_not_past_stays(
    place: Place, database: Database, year: int
) -> None:
    await sell(place, 2019)
    with pytest.raises(YearNotOver):
        await archive_year(database, year, now=NOW)
    assert await where(database, "orders") == ["orders_2019"]


async def test_a_year_is_made_for_every_large_table(database: Database) -> None:
    assert set(PARTITIONED) == {
        "orders",
        "order_lines",
        "order_contacts",
        "order_payments",
        "shipments",
        "shipment_lines",
        "parcels",
        "tracking_events",
    }
    async with unit_of_work(database) as tx:
        assert await add_year(tx, 2500) is True


async def test_a_reader_is_waited_for_and_nobody_waits_with_it(
    place: Place, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sell(place, 2019, channel="shop")
    async with database.engine.connect() as reader:
        await reader.execute(text("SELECT count(*) FROM orders"))
        archiving = asyncio.create_task(archive_year(database, 2019, now=NOW))
        await asyncio.sleep(LOCK_TIMEOUT_SECONDS + 1)
        assert not archiving.done()
        await sell(place, 2020)
    assert "orders_2019" in await archiving


async def test_what_was_killed_half_way_is_brought_to_its_end(
    place: Place, database: Database
) -> None:
    for year in (2018, 2019):
        await sell(place, year, channel="shop")
    await leave_half_detached(database, "orders", 2018)
    assert "2019" in [year for year, _, _ in await list_years(database)]
    assert "orders_2019" in await archive_year(database, 2019, now=NOW)
    assert "orders_2018" in await archive_year(database, 2018, now=NOW)
    assert await where(database, "orders") == []
    await sell(place, 2020)


async def leave_half_detached(database: Database, table_name: str, year: int) -> None:
    """Begin to detach a partition while somebody reads, and break it off."""
    detach = f"ALTER TABLE {table_name} DETACH PARTITION {table_name}_{year} CONCURRENTLY"
    async with database.engine.connect() as reader, database.engine.connect() as opened:
        await reader.execute(text(f"SELECT count(*) FROM {table_name}"))  # noqa: S608 - a table's name
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = '200ms'"))
        with pytest.raises(DBAPIError):
            await connection.execute(text(detach))
        await connection.invalidate()


async def test_what_is_personal_goes_with_its_year(
    place: Place, database: Database, rows: Rows
) -> None:
    told = {"contact": {"name": "Anna", "email": "anna@example.com"}, "customer_id": CUSTOMER}
    await sell(place, 2019, confirmed=True, delivery={"terms": "at Anna's"}, **told)
    other = await sell(place, 2020, confirmed=True, delivery={"terms": "at Anna's"}, **told)
    whose_id = str(ORDER.read(other["order_id"]))
    await close_all(database)
    await archive_year(database, 2019, now=NOW)
    whose = {row["external_ref"]: row["customer_id"] for row in await rows(tables.order_references)}
    assert [name for name, customer_id in whose.items() if customer_id] == ["R-2020"]
    for kind in (tables.order_deliveries, tables.messages):
        kept = [str(row) for row in await rows(kind) if str(row["order_id"]) != whose_id]
        assert not [row for row in kept if "Anna" in row or "anna@" in row]


async def test_a_parcel_that_was_registered_later_is_found_no_longer(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    order, other = await sell(place, 2019), await sell(place, 2020)
    for each in (order, other):
        [parcel] = (await ship(client, each)).json()["parcels"]
        event = {"status": "delivered", "occurred_at": NOW.isoformat()}
        url = f"/v1/parcels/{parcel['parcel_id']}"
        await client.post(f"{url}/tracking-events", json=event)
        order["parcel"] = order.get("parcel") or parcel
    await close_all(database)
    await archive_year(database, 2019, now=NOW)
    url, token = f"/v1/parcels/{order['parcel']['parcel_id']}", order["parcel"]["tracking_token"]
    answers = [
        await client.get(url),
        await client.get(f"/v1/tracking/{token}"),
        await client.post(f"{url}/tracking-events", json={**event, "status": "on_hold"}),
        await client.get(f"/v1/orders/{order['order_id']}"),
        await client.get(f"/v1/orders/{order['order_id']}/messages"),
    ]
    assert [answer.status_code for answer in answers] == [200, *[404] * 4]
    assert answers[0].json()["tracking_number"].startswith("erased-")


async def test_orders_go_before_the_year_of_their_parcels(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    await ship(client, await sell(place, NOW.year - 1))
    await close_all(database)
    next_year = NOW.replace(year=NOW.year + 1)
    with pytest.raises(YearNotOver, match="1 parcels"):
        await archive_year(database, NOW.year, now=next_year)
    await archive_year(database, NOW.year - 1, now=next_year)
    assert f"parcels_{NOW.year}" in await archive_year(database, NOW.year, now=next_year)


async def close_all(database: Database) -> None:
    async with unit_of_work(database) as tx:
        await tx.execute(update(tables.orders).values(commercial="closed"))
