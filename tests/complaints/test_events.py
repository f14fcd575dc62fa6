"""What is published fits what is promised: examples, topic, and no contact data."""

import jsonschema
import pytest

from chassis.events import Event
from complaints.events import PUBLISHED


@pytest.mark.parametrize("event", PUBLISHED)
def test_every_example_is_the_event_it_shows(event: type[Event]) -> None:
    shown = event.model_validate(event.example).model_dump(mode="json")
    assert shown == event.example
    jsonschema.validate(event.example, event.model_json_schema(mode="serialization"))


@pytest.mark.parametrize("event", PUBLISHED)
def test_every_event_is_named_for_a_past_fact_on_the_topic_complaints(event: type[Event]) -> None:
    assert event.topic == "complaints"
    assert event.type.startswith(("complaint.", "complaints."))
    assert event.type.endswith("ed.v1")


@pytest.mark.parametrize("event", PUBLISHED)
def test_no_event_carries_what_was_written(event: type[Event]) -> None:
    assert not {"subject", "text", "by", "customer"} & set(event.model_fields)
