"""What nobody can read is told, and keeps nothing else waiting."""

import json
from typing import Any

import httpx
import pytest

from chassis.database import Database
from orders.api.order_in import order_of
from orders.jobs.read_platform_orders import PlatformReader
from orders.store.claims import ClaimCipher
from orders.use_cases.record_tracking import record_batches
from orders.use_cases.take_carrier_answers import read_waiting_answers
from tests.orders.platform_payloads import body_of, shopify


def dhl(number: str) -> bytes:
    event = {"timestamp": "2026-11-01T10:00:00", "statusCode": "transit"}
    return json.dumps({"shipments": [{"id": number, "events": [event]}]}).encode()


def nested(levels: int) -> bytes:
    return b'{"shipments":' + b"[" * levels + b"]" * levels + b"}"


async def fate(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (dhl("Z\x00"), "read"),
        (dhl("Z\\\x00\x00"), "read"),
        (nested(1_000), "unreadable"),
        (b'{"shipments":[{"id":1e999999999,"events":[{}]}]}', "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
    ],
    ids=["nul", "nul after a backslash", "nested", "endless number", "no text"],
)
async def test_an_answer_that_nobody_can_read_keeps_no_other_waiting(
    client: httpx.AsyncClient, database: Database, payload: bytes, state: str
) -> None:
    sent = [
        await client.post("/v1/carrier-answers/dhl", content=each)
        for each in (payload, dhl("00340434"))
    ]
    assert [each.status_code for each in sent] == [202, 202]
    await read_waiting_answers(database, record_batches)
    poison, other = [
        await fate(client, f"/v1/carrier-answers/{each.json()['answer_id']}") for each in sent
    ]
    assert poison["state"] == state, poison
    assert (other["state"], other["recorded"]) == ("read", 1)


def poisoned(**changed: Any) -> bytes:
    return body_of(shopify() | changed)


@pytest.mark.parametrize(
    "payload",
    [
        body_of(shopify()).replace(b'"50.00"', b'"1E+999999999"'),
        poisoned(id="10\x0001"),
        poisoned(fulfillments=[{"id": "7\x00", "tracking_numbers": ["A\x00"]}]),
        b'{"orders":' + b"[" * 900 + b"]" * 900 + b"}",
    ],
    ids=["endless price", "nul in the id", "nul in a fulfilment", "nested"],
)
async def test_an_order_that_nobody_can_read_keeps_no_other_waiting(
    client: httpx.AsyncClient, database: Database, cipher: ClaimCipher, payload: bytes
) -> None:
    paths: list[str] = []
    for each in (payload, poisoned(id=4711)):
        sent = await client.post(
            "/v1/platform-orders/shopify",
            params={"source": "paris-web"},
            content=each,
            headers={"Content-Type": "application/json"},
        )
        assert sent.status_code == 202, sent.text
        paths.append(f"/v1/platform-orders/{sent.json()['delivery_id']}")
    await PlatformReader(database, cipher, order_of).read_waiting()
    poison, other = [await fate(client, path) for path in paths]
    assert poison["state"] in {"read", "troubled"}
    assert (other["placed"], other["problems"]) == (1, [])


async def test_a_failure_of_ours_is_told_as_ours_and_may_be_read_again(
    client: httpx.AsyncClient, database: Database
) -> None:
    sent = await client.post("/v1/carrier-answers/dhl", content=dhl("00340435"))

    async def broken(*_told: object) -> Any:
        message = "nobody foresaw it"
        raise TypeError(message)

    path = f"/v1/carrier-answers/{sent.json()['answer_id']}"
    await read_waiting_answers(database, broken)
    told = await fate(client, path)
    assert told["state"] == "unreadable"
    assert "our fault" in told["problem"]

    wished = await client.post(f"{path}/readings")
    assert (wished.status_code, wished.json()["state"]) == (202, "waiting")
    await read_waiting_answers(database, record_batches)
    told = await fate(client, path)
    assert (told["state"], told["recorded"]) == ("read", 1)
