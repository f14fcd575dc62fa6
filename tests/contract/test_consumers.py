"""Every consumer reads every example of the events it handles, into its own database."""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest

from carnet.contracts.events import topics
from chassis.consuming import Handler
from chassis.database import unit_of_work
from chassis.events import Event, Incoming
from chassis.ids import new_uuid
from tests.conftest import MakeDatabase

Reading = tuple[str, type[Event]]


def readings() -> Iterator[Reading]:
    """Give each service with each event that it handles."""
    for topic in topics():
        known = {event.type: event for event in topic.events}
        for service, types in topic.consumers.items():
            yield from ((service, known[type_]) for type_ in types)


READINGS = list(readings())


def handler_of(service: str, event: type[Event]) -> Handler:
    consumers = importlib.import_module(f"{service}.consumers.{event.topic}")
    return consumers.HANDLERS[event.type]


def the_example(event: type[Event], **more: object) -> Incoming:
    """Give the example as it comes off the bus; `more` is what a later version may add."""
    return Incoming(
        id=str(new_uuid()),
        topic=event.topic,
        type=event.type,
        key="unused",
        sequence=1,
        at=datetime(2026, 3, 14, tzinfo=UTC),
        traceparent=None,
        data=orjson.dumps(event.example | more),
    )


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: f"{reading[0]} {reading[1].type}")
async def test_every_consumer_reads_every_example_of_what_it_handles(
    make_database: MakeDatabase, reading: Reading
) -> None:
    service, event = reading
    database = await make_database(service)
    async with unit_of_work(database) as tx:
        await handler_of(service, event)(tx, the_example(event))


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: f"{reading[0]} {reading[1].type}")
async def test_no_consumer_minds_what_a_later_version_adds(
    make_database: MakeDatabase, reading: Reading
) -> None:
    service, event = reading
    database = await make_database(service)
    async with unit_of_work(database) as tx:
        await handler_of(service, event)(tx, the_example(event, added_later={"and": "nested"}))


@pytest.mark.parametrize("what", ["merged", "unmerged", "erased"])
def test_every_service_that_keeps_customer_ids_follows_what_becomes_of_them(what: str) -> None:
    following = {service for service, event in READINGS if event.type == f"customer.{what}.v1"}
    assert following == {"orders", "complaints", "segmentation"}
