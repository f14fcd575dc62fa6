"""The same request again: one order, one answer; another body under its reference: a review."""

import asyncio

import httpx

from orders.store import tables
from tests.orders.conftest import (
    CLAIM,
    CUSTOMER,
    OUTBOX,
    RESOLVED,
    Count,
    MakeClient,
    Place,
    Rows,
    a_return,
    an_order,
)


async def test_the_same_body_again_replays_the_first_answer(
    client: httpx.AsyncClient, count: Count
) -> None:
    body = an_order(customer=CLAIM)
    first = await client.post("/v1/orders", json=body, headers=RESOLVED)
    again = await client.post("/v1/orders", json=dict(reversed(body.items())), headers=RESOLVED)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await count(tables.orders), await count(OUTBOX)) == (1, 1)


async def test_the_answer_stays_the_first_whatever_became_of_the_order(
    client: httpx.AsyncClient,
) -> None:
    first = await client.post("/v1/orders", json=an_order())
    await client.post(first.headers["Location"] + "/cancel", json={"reason": "out-of-stock"})
    again = await client.post("/v1/orders", json=an_order())
    assert again.content == first.content


async def test_sixty_four_at_once_make_one_order(client: httpx.AsyncClient, count: Count) -> None:
    answers = await asyncio.gather(*(client.post("/v1/orders", json=an_order()) for _ in range(64)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert replayed.count("true") == 63
    assert (await count(tables.orders), await count(tables.order_lines)) == (1, 2)
    assert await count(OUTBOX) == 1


async def test_two_sources_may_use_the_same_reference(place: Place) -> None:
    one = await place(source="till-1")
    other = await place(source="till-2")
    assert one["order_id"] != other["order_id"]


async def test_another_body_is_refused_and_kept_for_review_without_who_bought(
    client: httpx.AsyncClient, count: Count
) -> None:
    first = (await client.post("/v1/orders", json=an_order())).json()
    other = an_order(shipping_minor=0, customer=CLAIM, contact={"email": "anna@example.com"})
    for _ in range(2):
        answer = await client.post("/v1/orders", json=other)
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:carnet:problem:order-reference-reused"
        assert answer.json()["errors"][0]["field"] == "external_ref"
    assert await count(tables.orders) == 1

    [review] = (await client.get("/v1/orders/reused-references")).json()["items"]
    assert (review["first_id"], review["times"]) == (first["order_id"], 2)
    assert review["body"]["shipping_minor"] == 0
    assert "anna" not in str(review)


async def test_a_reused_reference_fails_nobody_else_in_its_batch(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/v1/orders", json=an_order(external_ref="taken"))
    bodies = [an_order(external_ref=f"free-{n}") for n in range(20)]
    bodies.insert(10, an_order(external_ref="taken", shipping_minor=1))
    answers = await asyncio.gather(*(client.post("/v1/orders", json=body) for body in bodies))
    statuses = [answer.status_code for answer in answers]
    assert statuses.pop(10) == 422
    assert set(statuses) == {201}


async def test_a_key_names_one_order_of_its_client(
    client: httpx.AsyncClient, make_client: MakeClient
) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/orders", json=an_order(), headers=key)
    again = await client.post("/v1/orders", json=an_order(), headers=key)
    other = await client.post("/v1/orders", json=an_order(external_ref="W-2"), headers=key)
    stranger = make_client("orders:write", client_id="another")
    theirs = await stranger.post("/v1/orders", json=an_order(external_ref="W-3"), headers=key)
    assert again.content == first.content
    assert other.status_code == 422
    assert other.json()["type"] == "urn:carnet:problem:idempotency-key-reused"
    assert theirs.status_code == 201


async def test_a_return_is_registered_once(client: httpx.AsyncClient, count: Count) -> None:
    answers = await asyncio.gather(
        *(client.post("/v1/returns", json=a_return(customer_id=CUSTOMER)) for _ in range(8))
    )
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {201}
    assert sum(answer.headers.get("Idempotent-Replayed") == "true" for answer in answers) == 7
    assert (await count(tables.returns), await count(OUTBOX)) == (1, 1)


async def test_another_return_under_the_reference_is_refused_and_kept(
    client: httpx.AsyncClient, rows: Rows
) -> None:
    await client.post("/v1/returns", json=a_return())
    answer = await client.post("/v1/returns", json=a_return(reason="too small"))
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:carnet:problem:return-reference-reused"
    [review] = await rows(tables.reused_references)
    assert (review["kind"], review["body"]["reason"]) == ("return", "too small")


async def test_a_repeated_cancellation_or_shipment_with_a_key_replays(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    url = f"/v1/orders/{order['order_id']}/shipments"
    body = {"parcels": [{"carrier": "laposte", "tracking_number": "1"}]}
    first = await client.post(url, json=body, headers={"Idempotency-Key": "ship-1"})
    again = await client.post(url, json=body, headers={"Idempotency-Key": "ship-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
