"""What is published fits what is promised, and reaches the bus in order."""

import asyncio

import jsonschema
import pytest

from chassis.bus import Message, connect_bus
from chassis.events import Event
from chassis.worker import do
from customer.events import PUBLISHED
from customer.worker import WORK
from tests.conftest import MakeUrl
from tests.customer.conftest import House

PATIENCE_SECONDS = 20


@pytest.mark.parametrize("event", PUBLISHED)
def test_every_example_is_the_event_it_shows(event: type[Event]) -> None:
    shown = event.model_validate(event.example).model_dump(mode="json")

    assert shown == event.example
    jsonschema.validate(event.example, event.model_json_schema(mode="serialization"))


@pytest.mark.parametrize("event", PUBLISHED)
def test_every_event_is_named_for_a_past_fact_on_the_topic_customers(event: type[Event]) -> None:
    assert event.topic == "customers"
    assert event.type.endswith("ed.v1")


async def test_what_is_announced_is_published_in_order_of_each_customer(
    house: House, database_url: MakeUrl
) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    await house.put("3", cards=["CARD-1", "CARD-2"])
    bus, stop = connect_bus(await database_url("empty")), asyncio.Event()
    worker = asyncio.create_task(do(WORK, bus, house.database, stop))
    subscription = bus.subscribe("reader", ["customers"])
    seen: list[Message] = []

    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(seen) < 4:
            seen += await subscription.fetch()
    stop.set()
    await worker
    await bus.close()

    told = [(dict(message.headers)["ce_type"].decode(), message.key) for message in seen]
    assert [kind for kind, key in told if key == older["customer_id"]] == [
        "customer.created.v1",
        "customer.updated.v1",
    ]
    assert [kind for kind, key in told if key == younger["customer_id"]] == [
        "customer.created.v1",
        "customer.merged.v1",
    ]
