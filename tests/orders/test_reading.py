"""Reading what a customer bought: pages, sums, merges in any order of arrival."""

import itertools
from datetime import UTC, datetime

import httpx
import orjson
import pytest

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.global_ids import new_global_id, show_global_id
from orders.consumers.customers import HANDLERS
from orders.store import tables
from tests.orders.conftest import CUSTOMER, Body, Place, Rows, a_return

A, B, C, D = (show_global_id(new_global_id(lambda _bits, n=n: n)) for n in range(4))


async def merge(database: Database, retired: str, survivor: str, hour: int = 12) -> None:
    at = datetime(2026, 3, 2, hour, tzinfo=UTC)
    body = {"retired_id": retired, "survivor_id": survivor, "merged_at": at.isoformat()}
    data = orjson.dumps(body | {"source_record_ids": []})
    event = Incoming("id", "customers", "customer.merged.v1", retired, 1, at, None, data)
    async with unit_of_work(database) as tx:
        await HANDLERS[event.type](tx, event)


async def purchases(client: httpx.AsyncClient, customer_id: str) -> Body:
    answer = await client.get(f"/v1/customers/{customer_id}/purchases")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_customers_orders_come_page_by_page_the_latest_first(
    client: httpx.AsyncClient, place: Place
) -> None:
    same = "2026-03-05T10:00:00Z"
    days = [f"2026-03-{day:02}T10:00:00Z" for day in range(1, 5)]
    for number, placed_at in enumerate([*days, same, same, same]):
        await place(external_ref=str(number), placed_at=placed_at, customer_id=CUSTOMER)
    await place(external_ref="another", customer_id=A)
    seen: list[Body] = []
    whole = {"customer_id": CUSTOMER, "limit": 7}
    assert (await client.get("/v1/orders", params=whole)).json()["next_cursor"] is None
    query: dict[str, str | int] = {"customer_id": CUSTOMER, "limit": 2}
    while True:
        page = (await client.get("/v1/orders", params=query)).json()
        assert len(page["items"]) <= 2
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    times = [order["placed_at"] for order in seen]
    assert times == sorted(times, reverse=True)
    assert {order["external_ref"] for order in seen} == set("0123456")
    assert len(seen) == 7


async def test_sums_are_per_currency_and_per_country(
    client: httpx.AsyncClient, place: Place
) -> None:
    line = {"sku": "A", "quantity": 1}

    async def buys(ref: str, country: str, currency: str, price: int) -> Body:
        return await place(
            external_ref=ref,
            country=country,
            currency=currency,
            customer_id=CUSTOMER,
            lines=[line | {"unit_price_minor": price}],
            shipping_minor=0,
        )

    await buys("1", "FR", "EUR", 1_000)
    await buys("2", "DE", "EUR", 500)
    await buys("3", "JP", "JPY", 30_000)
    gone = await buys("4", "FR", "EUR", 70)
    await client.post(f"/v1/orders/{gone['order_id']}/cancel", json={"reason": "late"})
    await client.post(
        "/v1/returns", json=a_return(customer_id=CUSTOMER, lines=[line], refund_minor=200)
    )
    found = await purchases(client, CUSTOMER)
    assert found["totals"] == [
        {
            "currency": "EUR",
            "ordered_minor": 1_570,
            "cancelled_minor": 70,
            "returned_minor": 200,
            "net_minor": 1_300,
            "order_count": 3,
            "cancelled_count": 1,
            "return_count": 1,
        },
        {
            "currency": "JPY",
            "ordered_minor": 30_000,
            "cancelled_minor": 0,
            "returned_minor": 0,
            "net_minor": 30_000,
            "order_count": 1,
            "cancelled_count": 0,
            "return_count": 0,
        },
    ]
    countries = [(one["country"], one["currency"], one["net_minor"]) for one in found["countries"]]
    assert countries == [("DE", "EUR", 500), ("FR", "EUR", 800), ("JP", "JPY", 30_000)]
    assert len(found["latest_orders"]) == 4


async def test_the_latest_orders_show_their_parcels(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(customer_id=CUSTOMER)
    parcels = {"parcels": [{"carrier": "dhl", "tracking_number": "1"}]}
    await client.post(f"/v1/orders/{order['order_id']}/shipments", json=parcels)
    [latest] = (await purchases(client, CUSTOMER))["latest_orders"]
    assert [parcel["status"] for parcel in latest["parcels"]] == ["pre_transit"]


async def test_a_customer_who_bought_nothing_has_no_sums(client: httpx.AsyncClient) -> None:
    found = await purchases(client, A)
    assert (found["totals"], found["countries"], found["latest_orders"]) == ([], [], [])


@pytest.mark.parametrize("arrival", list(itertools.permutations([(A, B, 1), (B, C, 2), (C, D, 3)])))
async def test_merges_are_followed_in_any_order_of_arrival(
    client: httpx.AsyncClient,
    place: Place,
    database: Database,
    arrival: tuple[tuple[str, str, int], ...],
) -> None:
    await place(external_ref="a", customer_id=A)
    await place(external_ref="b", customer_id=B)
    await client.post("/v1/returns", json=a_return(customer_id=C))
    for retired, survivor, hour in arrival:
        await merge(database, retired, survivor, hour)
    await merge(database, *arrival[0])
    late = await place(external_ref="late", customer_id=A)
    assert late["customer_id"] == D
    for asked in (A, B, C, D):
        found = await purchases(client, asked)
        assert found["customer_id"] == D
        [total] = found["totals"]
        assert (total["order_count"], total["return_count"]) == (3, 1)
        listed = (await client.get("/v1/orders", params={"customer_id": asked})).json()
        assert {order["customer_id"] for order in listed["items"]} == {D}


async def test_a_fact_that_kept_a_retired_id_is_found_under_the_survivor(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    order = await place(customer_id=A)
    await merge(database, A, B)
    async with unit_of_work(database) as tx:  # as an intake that raced with the merge leaves it
        await tx.execute(tables.orders.update().values(customer_id=A.replace("-", "")))
    assert (await purchases(client, B))["totals"][0]["order_count"] == 1
    read = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert read["customer_id"] == B


async def test_a_merge_of_survivors_leaves_no_chain(database: Database, rows: Rows) -> None:
    await merge(database, A, B)
    await merge(database, B, C)
    await merge(database, C, A)  # the opposite of what is known
    aliases = {row["retired_id"]: row["survivor_id"] for row in await rows(tables.customer_aliases)}
    survivor = C.replace("-", "")
    assert aliases == {A.replace("-", ""): survivor, B.replace("-", ""): survivor}
