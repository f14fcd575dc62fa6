"""Platforms send without a key: only what their secret signed, byte for byte, is let in."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.carrier_answers import SIGNATURES
from orders.domain.sharing import share
from orders.store.tables import METADATA, carrier_answers, platform_deliveries, webhook_endpoints
from tests.orders.conftest import Count, MakeClient, Rows
from tests.orders.platform_payloads import body_of, sample, shopify, signed, woocommerce

SECRET = "a secret of the shop"
SHOP = {"source": "paris-web", "brand": "maison", "home_region": "eu"}
VECTOR = "hmac-sha256-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"
JSON = {"Content-Type": "application/json"}


async def register(client: httpx.AsyncClient, name: str = "paris", **changes: Any) -> Any:
    body = {"takes": "platform-orders", "sender": "shopify", "secret": SECRET, "shop": SHOP}
    told = {name: value for name, value in (body | changes).items() if value is not None}
    return await client.put(f"/v1/webhook-endpoints/{name}", json=told)


@pytest.fixture
def stranger(make_client: MakeClient) -> httpx.AsyncClient:
    """Give somebody without a key, as the gateway lets them through."""
    return make_client(client_id="public")


async def test_what_the_shops_secret_signed_is_taken_for_its_client(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, rows: Rows
) -> None:
    endpoint = await register(client)
    body = body_of(shopify())
    headers = JSON | {
        "X-Shopify-Hmac-Sha256": signed(SECRET, body),
        "X-Shopify-Webhook-Id": "b54557e4",
        "X-Shopify-Topic": "orders/create",
    }

    taken = await stranger.post(endpoint.json()["path"], content=body, headers=headers)
    again = await stranger.post(endpoint.json()["path"], content=body, headers=headers)

    assert [taken.status_code, again.status_code] == [202, 202]
    assert again.headers["Idempotent-Replayed"] == "true"
    [kept] = await rows(platform_deliveries)
    assert (kept["payload"], kept["client_id"], kept["source"]) == (body, "web-shop", "paris-web")
    assert (kept["delivery_id"], kept["topic"]) == ("b54557e4", "orders/create")
    assert kept["shop"]["home_region"] == "eu"


async def test_a_changed_byte_a_missing_signature_and_an_unknown_name_are_the_same_401(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, count: Count
) -> None:
    await register(client)
    body = body_of(shopify())
    good = signed(SECRET, body)
    sent = [
        ("paris", body[:-1] + b" ", good),
        ("paris", body + b"\n", good),
        ("paris", body, good[:-2] + "A="),
        ("paris", body, None),
        ("paris", body, "é"),
        ("nowhere", body, good),
    ]
    answers: list[httpx.Response] = []
    for name, content, told in sent:
        header = {} if told is None else {b"x-shopify-hmac-sha256": told.encode()}
        answers.append(
            await stranger.post(
                f"/v1/webhooks/{name}",
                content=content,
                headers=[(b"content-type", b"application/json"), *header.items()],
            )
        )

    assert {one.status_code for one in answers} == {401}
    assert len({one.text for one in answers}) == 1
    stored = [table.name for table in METADATA.sorted_tables if await count(table)]
    assert stored == ["webhook_endpoints"]


async def test_easyposts_own_vector_is_taken_at_its_endpoint(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, rows: Rows
) -> None:
    told = {"takes": "carrier-answers", "sender": "easypost", "secret": "sécret..", "shop": None}
    await register(client, "parcels", **told)
    body = sample("easypost/event_body.json").rstrip(b"\n")
    wrong = await stranger.post(
        "/v1/webhooks/parcels", content=body, headers=JSON | {"X-Hmac-Signature": VECTOR}
    )
    assert wrong.status_code == 401

    await register(client, "parcels", **told | {"secret": "sécret"})
    statuses = [
        (
            await stranger.post(
                "/v1/webhooks/parcels", content=content, headers=JSON | {"X-Hmac-Signature": VECTOR}
            )
        ).status_code
        for content in (body, bytes([body[0] ^ 1]) + body[1:])
    ]

    assert statuses == [202, 401]
    [kept] = await rows(carrier_answers)
    assert (kept["source"], kept["client_id"], kept["payload"]) == ("easypost", "web-shop", body)


async def test_woocommerce_is_taken_and_its_ping_answered(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, rows: Rows
) -> None:
    await register(client, "tokyo", sender="woocommerce", secret="rock &amp; roll")
    body = body_of(woocommerce())
    ping = await stranger.post(
        "/v1/webhooks/tokyo",
        content=b"webhook_id=7",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    headers = JSON | {"X-WC-Webhook-Signature": signed("rock & roll", body)}
    taken = await stranger.post("/v1/webhooks/tokyo", content=body, headers=headers)

    assert [ping.status_code, taken.status_code] == [200, 202]
    assert len(await rows(platform_deliveries)) == 1


async def test_secrets_are_kept_encrypted_and_never_told(
    client: httpx.AsyncClient, rows: Rows
) -> None:
    put = await register(client)
    listed = await client.get("/v1/webhook-endpoints")

    assert [one["name"] for one in listed.json()["items"]] == ["paris"]
    assert SECRET not in put.text + listed.text
    [kept] = await rows(webhook_endpoints)
    assert SECRET.encode() not in kept["sealed"]


async def test_a_closed_endpoint_takes_nothing(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await register(client)
    closed = await client.delete("/v1/webhook-endpoints/paris")
    body = body_of(shopify())
    sent = await stranger.post(
        "/v1/webhooks/paris",
        content=body,
        headers=JSON | {"X-Shopify-Hmac-Sha256": signed(SECRET, body)},
    )

    assert [closed.status_code, sent.status_code] == [204, 401]
    assert (await client.delete("/v1/webhook-endpoints/paris")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"sender": "dhl"}, 422),
        ({"sender": "easypost"}, 422),
        ({"takes": "carrier-answers", "sender": "woocommerce"}, 422),
        ({"shop": None}, 422),
        ({"shop": {"source": "a/b"}}, 422),
        ({"secret": "short"}, 422),
        ({"takes": "carrier-answers", "shop": None}, 200),
    ],
    ids=["dhl", "no-orders", "no-carrier", "no-shop", "slash", "short", "good"],
)
async def test_an_endpoint_that_could_take_nothing_is_refused(
    client: httpx.AsyncClient, changes: dict[str, Any], status: int
) -> None:
    assert (await register(client, **changes)).status_code == status


async def test_strangers_register_and_read_nothing(stranger: httpx.AsyncClient) -> None:
    statuses = [
        (await register(stranger)).status_code,
        (await stranger.get("/v1/webhook-endpoints")).status_code,
        (await stranger.delete("/v1/webhook-endpoints/paris")).status_code,
        (await stranger.get("/v1/platform-orders")).status_code,
    ]
    assert set(statuses) == {403}


@given(body=st.binary(min_size=1, max_size=200), secret=st.text(min_size=1), data=st.data())
@pytest.mark.parametrize("sender", sorted(SIGNATURES))
def test_every_changed_byte_changes_every_signature(
    sender: str, body: bytes, secret: str, data: st.DataObject
) -> None:
    _, sign = SIGNATURES[sender]
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]

    assert sign(secret, changed) != sign(secret, body)


@given(amount=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1))
def test_shares_add_up_and_are_within_a_minor_unit_of_their_part(
    amount: int, weights: list[int]
) -> None:
    shares = share(amount, weights)

    assert sum(shares) == amount
    if any(weights):
        whole = sum(weights)
        assert all(
            amount * weight // whole <= one <= amount * weight // whole + 1
            for one, weight in zip(shares, weights, strict=True)
        )
