"""What carriers send is kept at once, read by the worker, and proven to be theirs."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis.database import Database, unit_of_work
from orders.domain.carrier_answers import check_signature
from orders.events import ORDER
from orders.store.erasing import erase_order
from orders.store.tables import carrier_answers
from orders.use_cases.record_tracking import record_batches
from orders.use_cases.take_carrier_answers import forget_payloads, read_waiting_answers
from tests.orders.conftest import Place, Rows

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
LAPOSTE = json.dumps(
    {
        "shipment": {
            "idShip": "8X0001",
            "event": [
                {"code": "DI1", "label": "Livré", "date": "2026-03-03T09:38:00+01:00"},
                {"code": "PC1", "label": "Pris en charge", "date": "2026-03-02T14:43:00+01:00"},
                {"code": "QQ9", "label": "?", "date": "2026-03-02T15:43:00+01:00"},
            ],
        }
    }
).encode()


async def ship(client: httpx.AsyncClient, order: dict[str, Any]) -> dict[str, Any]:
    body = {"parcels": [{"carrier": "laposte", "tracking_number": "8X0001"}]}
    answer = await client.post(f"/v1/orders/{order['order_id']}/shipments", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["parcels"][0]


async def send(
    client: httpx.AsyncClient, payload: bytes, source: str = "laposte", **headers: str
) -> Any:
    return await client.post(f"/v1/carrier-answers/{source}", content=payload, headers=headers)


async def fate(client: httpx.AsyncClient, sent: httpx.Response) -> dict[str, Any]:
    answer = await client.get(f"/v1/carrier-answers/{sent.json()['answer_id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_answer_is_taken_at_once_and_read_by_the_worker(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    parcel = await ship(client, await place())

    sent = await send(client, LAPOSTE)
    before = await fate(client, sent)
    await read_waiting_answers(database, record_batches)
    after = await fate(client, sent)

    assert (sent.status_code, before["state"]) == (202, "waiting")
    assert {
        name: after[name] for name in ("state", "recorded", "unmapped", "refused", "problem")
    } == {"state": "read", "recorded": 3, "unmapped": 1, "refused": 0, "problem": None}
    shown = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    assert shown["status"] == "delivered"
    assert [event["code"] for event in shown["events"]] == ["DI1", "QQ9", "PC1"]


async def test_an_answer_before_its_parcel_waits_for_it(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    await send(client, LAPOSTE)
    await read_waiting_answers(database, record_batches)

    parcel = await ship(client, await place())

    assert (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()["status"] == "delivered"


async def test_the_same_body_again_is_the_same_answer(
    client: httpx.AsyncClient, database: Database, rows: Rows
) -> None:
    first, again = await asyncio.gather(send(client, LAPOSTE), send(client, LAPOSTE))
    other = await send(client, LAPOSTE, "karrio")

    assert first.json()["answer_id"] == again.json()["answer_id"] != other.json()["answer_id"]
    assert "true" in {
        first.headers.get("Idempotent-Replayed"),
        again.headers.get("Idempotent-Replayed"),
    }
    assert len(await rows(carrier_answers)) == 2


async def test_what_cannot_be_read_is_kept_and_said(
    client: httpx.AsyncClient, database: Database, rows: Rows
) -> None:
    sent = await send(client, b"<html>busy</html>")
    await read_waiting_answers(database, record_batches)

    answer = await fate(client, sent)

    assert (answer["state"], answer["recorded"]) == ("unreadable", 0)
    assert "is no JSON" in answer["problem"]
    [kept] = await rows(carrier_answers)
    assert kept["payload"] == b"<html>busy</html>"


async def test_two_workers_read_every_answer_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    for number in range(30):
        await send(client, LAPOSTE.replace(b"8X0001", b"N%d" % number))

    counts = await asyncio.gather(
        *(read_waiting_answers(database, record_batches) for _ in range(3))
    )

    assert sum(counts) == 30
    assert await read_waiting_answers(database, record_batches) == 0


@pytest.mark.parametrize(
    ("source", "payload", "status"), [("pigeon", b"{}", 404), ("dhl", b"", 422)]
)
async def test_what_nobody_reads_is_refused(
    client: httpx.AsyncClient, source: str, payload: bytes, status: int
) -> None:
    answer = await send(client, payload, source, **{"Content-Type": "application/json"})

    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_payloads_are_emptied_when_they_are_old_and_by_an_erasure(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows
) -> None:
    order = await place()
    await ship(client, order)
    await send(client, LAPOSTE)
    await send(client, LAPOSTE.replace(b"8X0001", b"8X0002"))
    await read_waiting_answers(database, record_batches)

    async with unit_of_work(database) as tx:
        await erase_order(tx, ORDER.read(order["order_id"]), at=datetime.now(UTC))
    held = [row["payload"] for row in await rows(carrier_answers)]
    assert held.count(None) == 1
    assert await forget_payloads(database, read_before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert await forget_payloads(database, read_before=datetime.now(UTC) + timedelta(days=1)) == 1


@pytest.fixture
def signed(app: FastAPI) -> FastAPI:
    """Give a house that knows the secrets of its platforms."""
    app.state.webhook_secrets = {"easypost": "sécret", "shopify": "hush", "aftership": "hush"}
    return app


async def test_easyposts_own_vector_is_taken_and_a_changed_byte_is_not(
    client: httpx.AsyncClient, signed: FastAPI
) -> None:
    path = DATA / "payloads" / "easypost" / "event_body.json"
    if not path.exists():
        message = f"{path} is missing; CARNET_DATA names the folder that holds the data."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    body = path.read_bytes().rstrip(b"\n")
    signature = "hmac-sha256-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"

    taken = await send(client, body, "easypost", **{"X-Hmac-Signature": signature})
    changed = await send(client, body[:-1] + b" ", "easypost", **{"X-Hmac-Signature": signature})
    unsigned = await send(client, body, "easypost")

    assert signed is not None
    assert [one.status_code for one in (taken, changed, unsigned)] == [202, 401, 401]
    assert changed.json()["type"] == "urn:carnet:problem:signature-wrong"


@pytest.mark.parametrize(
    ("source", "header"),
    [("shopify", "x-shopify-hmac-sha256"), ("aftership", "aftership-hmac-sha256")],
)
async def test_platforms_signatures_are_checked(
    client: httpx.AsyncClient, signed: FastAPI, source: str, header: str
) -> None:
    body = b'{"fulfillments":[],"data":{"trackings":[]}}'
    good = base64.b64encode(hmac.new(b"hush", body, hashlib.sha256).digest()).decode()

    statuses = [
        (await send(client, body, source, **{header: told})).status_code
        for told in (good, good[:-2] + "A=", "", "e")
    ]

    assert signed is not None
    assert statuses == [202, 401, 401, 401]


def test_a_source_without_a_secret_needs_no_signature() -> None:
    check_signature("easypost", b"{}", {}, {"shopify": "hush"})
    check_signature("laposte", b"{}", {}, {"laposte": "hush"})
