"""The worker: from other services' topics to `segments`, over a real bus."""

import asyncio
from collections.abc import AsyncGenerator

import orjson
import pytest

from chassis.bus import Bus, Message, connect_bus
from chassis.database import Database
from chassis.events import Envelope, Incoming, from_message, to_message
from chassis.global_ids import show_global_id
from chassis.ids import new_uuid
from chassis.worker import do
from segmentation.events import PUBLISHED
from segmentation.worker import WORK
from tests.conftest import MakeUrl
from tests.segmentation.telling import customer, filed, merged, placed, returned

KNOWN = {event.type: event for event in PUBLISHED}


@pytest.fixture
async def bus_url(database_url: MakeUrl) -> str:
    return await database_url("empty")


@pytest.fixture
async def bus(bus_url: str) -> AsyncGenerator[Bus]:
    bus = connect_bus(bus_url)
    await bus.ensure_topics(["segments", *WORK.handlers])
    yield bus
    await bus.close()


def on_the_bus(event: Incoming) -> Message:
    envelope = Envelope(
        id=new_uuid(),
        topic=event.topic,
        type=event.type,
        key=event.key,
        sequence=event.sequence,
        at=event.at,
        traceparent=None,
        payload=event.data,
    )
    return to_message(envelope, source="/tests")


async def news_until(bus: Bus, *awaited: str) -> list[Incoming]:
    """Read what is published until each of the customers has entered a segment."""
    subscription = bus.subscribe("tests", ["segments"])
    found: list[Incoming] = []
    missing = set(awaited)
    async with asyncio.timeout(30):
        while missing:
            found += [from_message(message) for message in await subscription.fetch()]
            missing = missing.difference(_entered(event) for event in found)
    await subscription.close()
    return found


async def test_what_others_tell_comes_out_as_news_of_profiles(bus: Bus, database: Database) -> None:
    events = [placed(1, by=1), returned(1, by=1), filed(1, by=1), merged(1, into=2)]
    stop = asyncio.Event()
    running = asyncio.create_task(do(WORK, bus, database, stop))
    for event in (*events, *events, placed(9, by=9)):
        await bus.publish([on_the_bus(event)])
    news = await news_until(bus, _shown(2), _shown(9))
    stop.set()
    await running

    bodies = [
        KNOWN[event.type].model_validate_json(event.data).model_dump(mode="json") for event in news
    ]
    assert [event.key for event in news] == [body["profile_id"] for body in bodies]
    sequences: dict[str, list[int]] = {}
    for event in news:
        sequences.setdefault(event.key, []).append(event.sequence)
    assert all(found == list(range(1, len(found) + 1)) for found in sequences.values())


def _entered(event: Incoming) -> str | None:
    return orjson.loads(event.data)["customer_id"] if event.type == "segment.entered.v1" else None


def _shown(number: int) -> str:
    return show_global_id(customer(number))
