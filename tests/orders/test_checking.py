"""Checking a sale for the gateway: judged as if it were filed, answered 204, nothing stored."""

from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from orders.store.tables import METADATA
from tests.orders.conftest import (
    CLAIM,
    CUSTOMER,
    RESOLVED,
    TOTAL,
    Body,
    Count,
    MakeClient,
    a_return,
    an_order,
)

CHECK = {"Carnet-Check": "1"}


async def nothing_stored(count: Count) -> bool:
    return [table.name for table in METADATA.sorted_tables if await count(table)] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/orders", an_order(customer=CLAIM, total_minor=TOTAL)),
        ("/v1/orders", an_order(customer_id=CUSTOMER)),
        ("/v1/returns", a_return(customer=CLAIM, time_zone="Europe/Paris")),
        ("/v1/returns", a_return()),
    ],
)
async def test_a_good_sale_passes_the_check_and_nothing_is_stored(
    client: httpx.AsyncClient, count: Count, path: str, body: Body
) -> None:
    answer = await client.post(path, json=body, headers=CHECK | {"Idempotency-Key": "sale-1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await nothing_stored(count)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/orders", an_order(customer=CLAIM, lines=[])),
        ("/v1/orders", an_order(customer=CLAIM, shipping_minor=-1)),
        ("/v1/orders", an_order(customer=CLAIM, coupon="SPRING")),
        ("/v1/orders", an_order(customer=CLAIM, total_minor=TOTAL + 1)),
        ("/v1/orders", an_order(customer=CLAIM, time_zone="Paris")),
        ("/v1/orders", an_order(customer=CLAIM, customer_id=CUSTOMER)),
        ("/v1/orders", an_order(customer={"source": "web-fr"})),
        ("/v1/returns", a_return(customer=CLAIM, refund_minor=12_999)),
        ("/v1/returns", a_return(customer=CLAIM, lines=[{"sku": "A", "quantity": -1}])),
        ("/v1/returns", a_return(customer=CLAIM, returned_at="2026-03-09")),
        ("/v1/returns", a_return(customer=CLAIM, customer_id=CUSTOMER)),
        ("/v1/returns", a_return(customer=CLAIM, why="broken")),
    ],
)
async def test_a_bad_sale_fails_the_check_as_it_would_fail_itself(
    client: httpx.AsyncClient, count: Count, path: str, body: Body
) -> None:
    checked = await client.post(path, json=body, headers=CHECK)
    filed = await client.post(path, json=body)
    assert checked.status_code == filed.status_code == 422
    assert checked.headers["content-type"] == "application/problem+json"
    assert checked.content == filed.content
    assert await nothing_stored(count)


async def test_a_key_that_is_too_long_fails_the_check(client: httpx.AsyncClient) -> None:
    headers = CHECK | {"Idempotency-Key": "k" * 256}
    answer = await client.post("/v1/orders", json=an_order(), headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/orders", an_order()), ("/v1/returns", a_return())]
)
async def test_a_sale_too_large_fails_the_check(
    client: httpx.AsyncClient, path: str, body: Body
) -> None:
    padded = b" " * 800_000 + orjson.dumps(body)
    headers = CHECK | {"Content-Type": "application/json"}
    answer = await client.post(path, content=padded, headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/v1/orders", "/v1/returns"])
async def test_a_check_needs_the_scope(make_client: MakeClient, path: str) -> None:
    answer = await make_client("orders:read").post(path, json={}, headers=CHECK)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/orders", an_order(customer=CLAIM)), ("/v1/returns", a_return(customer=CLAIM))],
)
async def test_a_sale_that_is_known_already_passes_the_check(
    client: httpx.AsyncClient, path: str, body: Body
) -> None:
    first = await client.post(path, json=body, headers=RESOLVED)
    assert (await client.post(path, json=body, headers=CHECK)).status_code == 204
    again = await client.post(path, json=body, headers=RESOLVED)
    assert again.json() == first.json()


def test_the_check_is_documented_nowhere(app: FastAPI) -> None:
    document: dict[str, Any] = app.openapi()
    assert "carnet-check" not in str(document).lower()
    for path in ("/v1/orders", "/v1/returns"):
        assert "204" not in document["paths"][path]["post"]["responses"]
