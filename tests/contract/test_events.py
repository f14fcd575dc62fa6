"""Events as contracts: committed as declared, true to their examples, used, and free of persons."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, validate

from carnet.contracts.events import Topic, topics
from carnet.contracts.files import outdated
from chassis.events import Event

CONTRACTS = Path(__file__).parents[2] / "contracts"
TOPICS = topics()
EVENTS = [event for topic in TOPICS for event in topic.events]

READ_BY_NO_SERVICE = {
    "complaint.answered.v1": "call-centre software shows that an answer was given",
    "complaint.routed.v1": "a team's own tools learn of its new complaints",
    "consent.changed.v1": "mailing systems stop, or may begin, to write to a customer",
    "customer.created.v1": "loyalty and mailing systems learn of new customers",
    "customer.updated.v1": "the same systems fetch the golden record again",
    "indicators.updated.v1": "marketing tools keep a customer's numbers",
    "match.review-requested.v1": "data stewards' tools queue what a person must decide",
    "segment.entered.v1": "campaign tools begin what a segment is due",
    "segment.left.v1": "campaign tools end it",
    "shipment.at-risk.v1": "whoever looks after customers writes to them before it is late",
    "shipment.delivered.v1": "shops tell who waits for a parcel",
    "shipment.updated.v1": "a shop shows where a parcel is",
}
"""What is published for readers outside the suite, and who they are."""

PERSONAL = re.compile(
    "(^|_)(e?mails?|phones?|names?|given|family|birth|address|addresses|street|postcode|contact)(_|$)"
)
NAME = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*\.v[1-9][0-9]*")


def test_what_is_committed_is_what_the_code_declares() -> None:
    assert outdated(CONTRACTS) == [], "run `make contracts` and commit what changes"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_example_fits_the_committed_schema(event: type[Event]) -> None:
    schema = json.loads((CONTRACTS / "events" / f"{event.type}.json").read_text("utf-8"))
    validate(
        event.example,
        schema,
        Draft202012Validator,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_example_is_what_its_event_would_publish(event: type[Event]) -> None:
    read = event.model_validate_json(json.dumps(event.example))
    assert read.model_dump(mode="json") == event.example


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_event_says_what_it_tells_and_is_named_for_it(event: type[Event]) -> None:
    assert NAME.fullmatch(event.type)
    assert event.__doc__


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_no_event_carries_contact_data(event: type[Event]) -> None:
    named = set(_properties(event.model_json_schema()))
    assert [name for name in named if PERSONAL.search(name)] == []


def test_nothing_is_published_that_nobody_reads() -> None:
    read = {type_ for topic in TOPICS for types in topic.consumers.values() for type_ in types}
    published = {event.type for event in EVENTS}
    assert published - read == set(READ_BY_NO_SERVICE)


def test_no_service_reads_what_nobody_publishes() -> None:
    published = {(topic.name, event.type) for topic in TOPICS for event in topic.events}
    assert set(_read(TOPICS)) <= published


def _read(found: list[Topic]) -> Iterator[tuple[str, str]]:
    for topic in found:
        for types in topic.consumers.values():
            yield from ((topic.name, type_) for type_ in types)


def _properties(schema: dict[str, Any]) -> Iterator[str]:
    """Name the properties of a schema and of those defined beside it."""
    yield from schema.get("properties", {})
    for definition in schema.get("$defs", {}).values():
        yield from definition.get("properties", {})
