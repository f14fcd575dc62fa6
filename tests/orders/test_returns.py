"""Returns: with their order or without one, never more than was sold."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from orders.events import OrderReturned
from orders.store import tables
from tests.orders.conftest import (
    CLAIM,
    CUSTOMER,
    OUTBOX,
    RESOLVED,
    SOURCE_RECORD,
    Body,
    Count,
    Place,
    Rows,
    a_return,
)


def slug(answer: httpx.Response) -> str:
    return answer.json()["type"].removeprefix("urn:carnet:problem:")


async def test_a_return_without_an_order_is_kept_and_told(
    client: httpx.AsyncClient, rows: Rows
) -> None:
    body = a_return(customer=CLAIM, reason="too small", time_zone="Europe/Paris")
    answer = await client.post("/v1/returns", json=body, headers=RESOLVED)
    assert answer.status_code == 201, answer.text
    kept = (await client.get(answer.headers["Location"])).json()
    assert (kept["customer_id"], kept["source_record_id"]) == (CUSTOMER, SOURCE_RECORD)
    assert (kept["returned_at"], kept["returned_on"]) == ("2026-03-09T15:30:00Z", "2026-03-09")
    assert kept["lines"] == [
        {
            "line_no": 1,
            "order_line_no": None,
            "sku": "SCARF-01",
            "quantity": 1,
            "refund_minor": 13_000,
        }
    ]
    [told] = await rows(OUTBOX)
    assert told["aggregateid"] == answer.json()["return_id"]
    assert OrderReturned.model_validate(told["payload"]).refund_minor == 13_000


async def test_a_return_of_an_order_is_its_customers(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(customer_id=CUSTOMER, channel="shop")
    answer = await client.post("/v1/returns", json=a_return(order_id=order["order_id"]))
    kept = (await client.get(answer.headers["Location"])).json()
    assert (kept["customer_id"], kept["lines"][0]["order_line_no"]) == (CUSTOMER, 1)
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert after["fulfilment"] == "partly-returned"
    assert after["lines"][0]["quantities"] == {
        "unallocated": 0,
        "allocated": 0,
        "picked": 0,
        "handed_over": 0,
        "delivered": 1,
        "returned": 1,
        "cancelled": 0,
    }


async def test_no_more_comes_back_than_was_sold(
    client: httpx.AsyncClient, place: Place, count: Count
) -> None:
    order = await place(channel="shop")

    async def take_back(number: int) -> httpx.Response:
        body = a_return(order_id=order["order_id"], external_ref=f"R-{number}")
        return await client.post("/v1/returns", json=body)

    answers = await asyncio.gather(*(take_back(number) for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    assert {slug(answer) for answer in answers if answer.is_error} == {"more-returned-than-sold"}
    assert await count(tables.returns) == 2


async def test_goods_that_nobody_said_had_left_can_come_back(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await client.post("/v1/returns", json=a_return(order_id=order["order_id"]))
    rest = {"parcels": [{"carrier": "dhl", "tracking_number": "1"}]}
    shipped = await client.post(f"/v1/orders/{order['order_id']}/shipments", json=rest)
    quantities: Body = shipped.json()["lines"][0]["quantities"]
    assert (quantities["returned"], quantities["handed_over"]) == (1, 1)


async def test_a_line_is_found_by_its_number_where_the_sku_is_there_twice(
    client: httpx.AsyncClient, place: Place
) -> None:
    twice = [{"sku": "A", "quantity": 1, "unit_price_minor": price} for price in (100, 90)]
    order = await place(channel="shop", lines=twice, shipping_minor=0)

    async def take_back(ref: str, **line: int) -> httpx.Response:
        body = a_return(
            order_id=order["order_id"],
            external_ref=ref,
            lines=[{"sku": "A", "quantity": 1, **line}],
            refund_minor=90,
        )
        return await client.post("/v1/returns", json=body)

    assert (await take_back("1", order_line_no=2)).status_code == 201
    assert (await take_back("2")).status_code == 201
    assert slug(await take_back("3")) == "more-returned-than-sold"


async def test_what_the_order_does_not_say_is_refused_by_name(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    other = a_return(order_id=order["order_id"], lines=[{"sku": "HAT", "quantity": 1}])
    assert slug(await client.post("/v1/returns", json=other)) == "unknown-line"
    dollars = a_return(order_id=order["order_id"], currency="USD")
    assert slug(await client.post("/v1/returns", json=dollars)) == "return-currency-differs"


async def test_a_cancelled_order_has_nothing_to_give_back(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await client.post(f"/v1/orders/{order['order_id']}/cancel", json={"reason": "late"})
    answer = await client.post("/v1/returns", json=a_return(order_id=order["order_id"]))
    assert (answer.status_code, slug(answer)) == (409, "more-returned-than-sold")


@pytest.mark.parametrize(
    ("returned_at", "fact"),
    [
        ("2026-03-01T20:00:00+01:00", "return-before-sale"),
        ("2025-01-01T10:00:00Z", "return-before-sale"),
        ("2099-01-01T10:00:00Z", "return-in-the-future"),
    ],
)
async def test_goods_come_back_after_they_were_sold_and_before_it_is_told(
    client: httpx.AsyncClient, place: Place, count: Count, returned_at: str, fact: str
) -> None:
    order = await place()
    body = a_return(order_id=order["order_id"], returned_at=returned_at)
    answer = await client.post("/v1/returns", json=body)
    assert (answer.status_code, slug(answer)) == (422, fact)
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == ("returned_at", True)
    assert await count(tables.returns) == 0


async def test_a_sale_of_a_clock_that_was_ahead_is_returned_by_when_it_was_received(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(placed_at="2030-01-01T10:00:00Z")
    now = datetime.now(UTC).isoformat()
    body = a_return(order_id=order["order_id"], returned_at=now)
    assert (await client.post("/v1/returns", json=body)).status_code == 201


async def test_a_return_of_more_than_was_sold_says_how_to_mend_it(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    lines = [{"sku": "SCARF-01", "quantity": 3}]
    answer = await client.post(
        "/v1/returns", json=a_return(order_id=order["order_id"], lines=lines)
    )
    assert (answer.status_code, slug(answer)) == (409, "more-returned-than-sold")
    assert "Read the order" in answer.json()["detail"]
