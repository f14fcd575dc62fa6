"""Who may come in, how often, and how soon a key begins and ends."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from gateway.domain.api_keys import split_key
from gateway.domain.scopes import Scope
from gateway.domain.token_bucket import Quota, TokenBucket
from gateway.use_cases.revoke_key import revoke_key
from tests.gateway.conftest import House, OpenHouse

STRANGE_KEYS = [
    None,
    "",
    "x",
    "carnet_",
    "carnet_00000000_" + "0" * 40,
    "carnet_0000000G_" + "0" * 40,
    "carnet_00000000_" + "0" * 39,
    "\u00e9",
]


@pytest.mark.parametrize("key", STRANGE_KEYS)
async def test_a_key_that_is_not_known_is_a_401_problem(house: House, key: str | None) -> None:
    headers = {} if key is None else {b"X-API-Key": key.encode()}

    answer = await house.stranger.get("/v1/orders", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "X-API-Key"
    assert house.orders.requests == []


async def test_the_secret_is_compared_as_well_as_the_prefix(house: House) -> None:
    wrong = house.key[:-1] + ("0" if house.key[-1] != "0" else "1")

    assert (await house.stranger.get("/v1/orders", headers={"X-API-Key": wrong})).status_code == 401


async def test_a_new_key_opens_at_once(house: House) -> None:
    await house.client.get("/v1/orders")

    key = await house.new_key("orders:read")

    assert (await house.stranger.get("/v1/orders", headers={"X-API-Key": key})).status_code == 200


async def test_a_revoked_key_is_refused_within_two_seconds(house: House) -> None:
    pieces = split_key(house.key.encode())
    assert pieces is not None
    assert (await house.client.get("/v1/orders")).status_code == 200

    await revoke_key(house.database, prefix=pieces[0], at=datetime.now(UTC))
    revoked_at = time.monotonic()
    while (await house.client.get("/v1/orders")).status_code == 200:  # noqa: ASYNC110 - HTTP
        await asyncio.sleep(0.05)

    assert time.monotonic() - revoked_at < 2


async def test_unknown_keys_do_not_flood_the_database(house: House) -> None:
    async def try_one(number: int) -> int:
        key = f"carnet_{number:08x}_{'0' * 40}"
        return (await house.stranger.get("/v1/orders", headers={"X-API-Key": key})).status_code

    before = await _transactions(house.database)
    statuses = await asyncio.gather(*(try_one(number) for number in range(60)))
    await asyncio.sleep(1.1)  # the server reports its counts once a second
    asked = await _transactions(house.database) - before

    assert set(statuses) == {401}
    assert asked < 40


async def _transactions(database: Database) -> int:
    async with database.engine.connect() as connection:
        statement = text(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
        return int(await connection.scalar(statement) or 0)


async def test_known_keys_go_on_opening_while_the_database_is_away(house: House) -> None:
    await house.client.get("/v1/orders")
    async with house.database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("ALTER TABLE api_keys RENAME TO api_keys_away"))

    known = await house.client.get("/v1/orders")
    unknown = await house.stranger.get(
        "/v1/orders", headers={"X-API-Key": "carnet_00000000_" + "0" * 40}
    )

    assert known.status_code == 200
    assert unknown.status_code == 503
    assert unknown.json()["type"] == "urn:carnet:problem:keys-out-of-reach"
    assert unknown.json()["part"] == "gateway"


async def test_whoami_tells_the_client_and_its_scopes(house: House) -> None:
    answer = await house.client.get("/v1/whoami")

    assert answer.json() == {"client": "till", "scopes": sorted(Scope)}
    assert answer.headers["ratelimit-policy"]
    assert (await house.stranger.get("/v1/whoami")).status_code == 401


async def test_a_used_up_quota_is_a_429_problem_and_is_the_keys_own(open_house: OpenHouse) -> None:
    house = await open_house(quota_requests=3, quota_window_seconds=60)
    other = await house.new_key("orders:read")

    answers = [await house.client.get("/v1/orders") for _ in range(4)]
    others = await house.stranger.get("/v1/orders", headers={"X-API-Key": other})

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert others.status_code == 200
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert answers[0].headers["ratelimit"] == '"default";r=2;t=20'
    refused = answers[3]
    assert refused.headers["ratelimit"].startswith('"default";r=0;t=')
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["content-type"] == "application/problem+json"
    assert len(house.orders.requests) == 4


async def test_a_quota_comes_back_with_time(open_house: OpenHouse) -> None:
    house = await open_house(quota_requests=1, quota_window_seconds=1)
    await house.client.get("/v1/orders")
    assert (await house.client.get("/v1/orders")).status_code == 429

    await asyncio.sleep(1.05)

    assert (await house.client.get("/v1/orders")).status_code == 200


async def test_visitors_without_a_key_are_limited_by_address(open_house: OpenHouse) -> None:
    house = await open_house(public_quota_requests=2)

    statuses = [(await house.stranger.get("/v1/tracking/t")).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]


async def test_webhooks_need_no_key_and_have_a_quota_of_their_own(open_house: OpenHouse) -> None:
    house = await open_house(public_quota_requests=1, webhook_quota_requests=3)
    body, header = b'{"id":  1}', {"X-Shopify-Hmac-Sha256": "c2lnbmVk"}

    sent = [
        await house.stranger.post("/v1/webhooks/events", content=body, headers=header)
        for _ in range(4)
    ]
    others = [
        (await house.stranger.get(path)).status_code
        for path in ("/v1/webhook-endpoints", "/v1/platform-orders", "/v1/tracking/t")
    ]

    assert [one.status_code for one in sent] == [200, 200, 200, 429]
    assert others == [401, 401, 200]
    asked = house.orders.requests[0]
    assert asked.body == body
    assert asked.header("x-shopify-hmac-sha256") == "c2lnbmVk"


async def test_more_open_requests_than_the_door_holds_are_a_503_problem(
    open_house: OpenHouse,
) -> None:
    house = await open_house(open_requests=1)
    house.orders.answer = _slowly
    first = asyncio.create_task(house.client.get("/v1/orders"))
    await asyncio.wait_for(house.orders.asked.wait(), 2)

    second = await house.client.get("/v1/orders")

    assert second.status_code == 503
    assert second.json()["type"] == "urn:carnet:problem:gateway-busy"
    assert second.json()["part"] == "gateway"
    assert (await first).status_code == 200


async def _slowly(_request: object, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.3)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


@given(
    requests=st.integers(1, 50),
    window=st.integers(1, 100),
    pauses=st.lists(st.floats(0, 20), max_size=200),
)
@example(requests=1, window=49, pauses=[0.0])
def test_no_window_ever_sees_more_than_twice_the_quota(
    requests: int, window: int, pauses: list[float]
) -> None:
    quota = Quota(requests, window)
    bucket = TokenBucket(quota, 0.0)
    now, taken = 0.0, list[float]()
    for pause in pauses:
        now += pause
        if bucket.take(now):
            taken.append(now)
        else:
            assert bucket.left == 0
            assert bucket.next_in_seconds >= 1
        assert 0 <= bucket.full_in_seconds <= window

    for begin in taken:
        inside = [at for at in taken if begin <= at <= begin + window]
        assert len(inside) <= 2 * requests + 1


@given(st.binary(max_size=80))
def test_no_bytes_whatever_break_the_reading_of_a_key(text: bytes) -> None:
    assert split_key(text) is None or text.startswith(b"carnet_")
