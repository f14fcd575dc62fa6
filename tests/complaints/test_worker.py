"""The worker: what is announced reaches the bus, and merges on the bus are followed."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import httpx
import pytest

from chassis.bus import Bus, Message, connect_bus
from chassis.database import Database
from chassis.events import Envelope, to_message
from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import new_uuid
from chassis.worker import do
from complaints.worker import work_of
from tests.complaints.conftest import a_complaint
from tests.conftest import MakeUrl

RETIRED, SURVIVOR = (new_global_id(lambda _bits, n=n: n) for n in range(2))
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


async def test_what_is_announced_is_published_in_order(bus: Bus, client: httpx.AsyncClient) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    subscription = bus.subscribe("reader", ["complaints"])
    seen: list[Message] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(seen) < 2:
            seen += await subscription.fetch()
    assert {message.key for message in seen} == {filed["complaint_id"]}
    types = [dict(message.headers)["ce_type"].decode() for message in seen]
    assert types == ["complaint.filed.v1", "complaint.routed.v1"]


async def test_a_merge_on_the_bus_re_points_complaints(bus: Bus, client: httpx.AsyncClient) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint(customer_id=RETIRED))).json()
    body = (
        f'{{"survivor_id": "{show_global_id(SURVIVOR)}", '
        f'"retired_id": "{show_global_id(RETIRED)}", "merged_at": "2026-03-02T12:00:00Z"}}'
    )
    merge = Envelope(
        id=new_uuid(),
        topic="customers",
        type="customer.merged.v1",
        key=show_global_id(RETIRED),
        sequence=1,
        at=datetime(2026, 3, 2, 12, tzinfo=UTC),
        traceparent=None,
        payload=body.encode(),
    )
    await bus.ensure_topics(["customers"])
    await bus.publish([to_message(merge, "/services/customer")])
    url = f"/v1/complaints/{filed['complaint_id']}"
    customer_id = filed["customer_id"]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while customer_id != show_global_id(SURVIVOR):
            await asyncio.sleep(0.05)
            customer_id = (await client.get(url)).json()["customer_id"]
