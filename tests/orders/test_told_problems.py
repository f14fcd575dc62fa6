"""What is refused is named by its slug, and what is said of it is true."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from carnet.cli import app as carnet
from chassis.database import Database, unit_of_work
from orders.domain.times import UnknownTimeZone, zone_named
from orders.events import ORDER
from orders.store import tables
from orders.store.erasing import erase_order
from tests.orders.conftest import CLAIM, CUSTOMER, Count, Place, a_return, an_order
from tests.orders.test_changing import slug
from tests.orders.test_tracking import parcels_of

LINE = {"sku": "A", "quantity": 1, "unit_price_minor": 100}


@pytest.mark.parametrize("path", ["/v1/orders", "/v1/returns"])
async def test_a_customer_is_named_in_one_way(
    client: httpx.AsyncClient, count: Count, path: str
) -> None:
    body = (an_order if path == "/v1/orders" else a_return)(customer_id=CUSTOMER, customer=CLAIM)
    answer = await client.post(path, json=body)
    assert (answer.status_code, slug(answer)) == (422, "customer-given-twice")
    assert [one["field"] for one in answer.json()["errors"]] == ["customer"]
    assert await count(tables.orders) + await count(tables.returns) == 0


async def test_an_erased_order_is_claimed_by_nobody(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    order = await place()
    async with unit_of_work(database) as tx:
        await erase_order(tx, ORDER.read(order["order_id"]), at=datetime.now(UTC))
    url = f"/v1/orders/{order['order_id']}/customer-claims"
    answer = await client.post(url, json={"customer": CLAIM})
    assert (answer.status_code, slug(answer)) == (409, "order-erased")


@pytest.mark.parametrize("at", ["1969-12-31T10:00:00Z", "3000-01-01T10:00:00Z"])
async def test_a_time_outside_the_years_that_are_kept_is_refused(
    client: httpx.AsyncClient, place: Place, at: str
) -> None:
    [parcel] = await parcels_of(client, await place())
    url = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    answer = await client.post(url, json={"status": "delivered", "occurred_at": at})
    assert (answer.status_code, slug(answer)) == (422, "time-out-of-range")
    assert [one["field"] for one in answer.json()["errors"]] == ["occurred_at"]


def test_a_zone_of_no_known_name_is_refused() -> None:
    with pytest.raises(UnknownTimeZone) as refused:
        zone_named("Europe/Atlantis")
    assert refused.value.slug == "unknown-time-zone"
    assert [one.field for one in refused.value.fields] == ["time_zone"]


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules"])
async def test_a_time_zone_is_a_place_of_the_iana(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/v1/orders", json=an_order(time_zone=name))
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["time_zone"]


async def test_a_leap_second_is_called_one(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/orders", json=an_order(placed_at="2016-12-31T23:59:60Z"))
    [problem] = answer.json()["errors"]
    assert (answer.status_code, problem["field"]) == (422, "placed_at")
    assert "leap second" in problem["problem"]


@pytest.mark.parametrize("serial", [".", "..", "A/../B", "./A", "A/."])
async def test_a_serial_number_that_no_path_keeps_is_refused_at_the_door(
    client: httpx.AsyncClient, serial: str
) -> None:
    body = an_order(lines=[LINE | {"serial_number": serial}])
    answer = await client.post("/v1/orders", json=body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["lines.0.serial_number"]


async def test_a_serial_number_with_dots_and_slashes_is_found(
    client: httpx.AsyncClient, place: Place
) -> None:
    await place(lines=[LINE | {"serial_number": "..A/B.../1"}])
    answer = await client.get("/v1/serial-numbers/..A/B.../1")
    assert answer.status_code == 200


async def test_a_period_that_is_reversed_is_said_to_be(client: httpx.AsyncClient) -> None:
    query = {"from": "2026-03-31", "to": "2026-03-01"}
    answer = await client.get("/v1/delivery-promises", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["problem"] == "is before `from`"


@pytest.mark.parametrize("path", ["/v1/tracking-events", "/v1/orders"])
async def test_what_is_no_json_is_asked_for_json_and_no_object(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.post(path, content=b"[{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, slug(answer)) == (400, "malformed-json")
    assert answer.json()["detail"].endswith("Send JSON encoded in UTF-8.")


def test_a_carriers_text_is_printed_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    told = {
        "tracking_code": "EZ1",
        "carrier": "UPS",
        "tracking_details": [
            {
                "datetime": "2026-03-02T10:00:00Z",
                "status": "in_transit",
                "status_detail": "x",
                "message": "[/red] left",
            }
        ],
    }
    file.write_bytes(orjson.dumps({"object": "Tracker", **told}))
    shown = CliRunner().invoke(
        carnet, ["orders", "normalise", str(file), "--carrier", "easypost"], env={"COLUMNS": "200"}
    )
    assert shown.exit_code == 0, shown.output
    assert "[/red] left" in shown.output
