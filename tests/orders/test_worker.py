"""The worker: what is announced reaches the bus, and merges on the bus are followed."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import httpx
import orjson
import pytest

from chassis.bus import Bus, Message, connect_bus
from chassis.database import Database
from chassis.events import Envelope, to_message
from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import new_uuid
from chassis.worker import do
from orders.worker import work_of
from tests.conftest import MakeUrl
from tests.orders.conftest import Place

RETIRED, SURVIVOR = (show_global_id(new_global_id(lambda _bits, n=n: n)) for n in range(2))
PATIENCE_SECONDS = 20


@pytest.fixture
async def bus(database: Database, database_url: MakeUrl) -> AsyncGenerator[Bus]:
    """Give a bus on which the worker is at work until the test ends."""
    url = await database_url("empty")
    bus, stop = connect_bus(url), asyncio.Event()
    worker = asyncio.create_task(do(work_of(), bus, database, stop))
    yield bus
    stop.set()
    await worker
    await bus.close()


async def test_what_is_announced_is_published_in_order(
    bus: Bus, client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await client.post(f"/v1/orders/{order['order_id']}/cancel", json={"reason": "late"})
    subscription = bus.subscribe("reader", ["orders"])
    seen: list[Message] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(seen) < 2:
            seen += await subscription.fetch()
    assert {message.key for message in seen} == {order["order_id"]}
    headers = [dict(message.headers) for message in seen]
    assert [one["ce_type"] for one in headers] == [b"order.placed.v1", b"order.cancelled.v1"]
    assert [one["ce_sequence"] for one in headers] == [b"1", b"2"]


async def test_a_merge_on_the_bus_re_points_orders(
    bus: Bus, client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(customer_id=RETIRED)
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    body = {"survivor_id": SURVIVOR, "retired_id": RETIRED, "merged_at": at.isoformat()}
    merge = Envelope(
        id=new_uuid(),
        topic="customers",
        type="customer.merged.v1",
        key=RETIRED,
        sequence=1,
        at=at,
        traceparent=None,
        payload=orjson.dumps(body),
    )
    await bus.ensure_topics(["customers"])
    await bus.publish([to_message(merge, "/services/customer")])
    customer_id = order["customer_id"]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while customer_id != SURVIVOR:
            await asyncio.sleep(0.05)
            answer = await client.get(f"/v1/orders/{order['order_id']}")
            customer_id = answer.json()["customer_id"]
