"""The events that services publish and consume, as their code declares them."""

import importlib.util
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from carnet.suite import SERVICES
from chassis.events import Event

JsonObject: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: the one service that publishes to it, and what the others read of it."""

    name: str
    owner: str
    events: Sequence[type[Event]]
    consumers: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


class TopicOfTwo(Exception):
    """Two services publish to one topic, so nobody owns its contract."""


def topics() -> list[Topic]:
    """All topics by name; raises `TopicOfTwo`."""
    owners: dict[str, str] = {}
    events: dict[str, list[type[Event]]] = {}
    for service in SERVICES:
        for event in importlib.import_module(f"{service}.events").PUBLISHED:
            if owners.setdefault(event.topic, service) != service:
                raise TopicOfTwo(f"{event.topic}: {owners[event.topic]} and {service}")
            events.setdefault(event.topic, []).append(event)
    read = {service: _handled(service) for service in SERVICES}
    return [
        Topic(
            name,
            owner,
            sorted(events[name], key=lambda event: event.type),
            {service: types[name] for service, types in read.items() if types.get(name)},
        )
        for name, owner in sorted(owners.items())
    ]


def schema(event: type[Event]) -> JsonObject:
    """The JSON Schema of an event's data, with its example.

    It allows fields that it does not name: a later release may add some, and who holds the schema
    of this one must still take its events.
    """
    described = event.model_json_schema(mode="serialization")
    for one in (described, *described.get("$defs", {}).values()):
        one.pop("additionalProperties", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:carnet:event:{event.type}",
        **described,
        "examples": [event.example],
    }


def _handled(service: str) -> dict[str, list[str]]:
    """The event types that each `consumers/<topic>.py` of a service has a handler for."""
    handled: dict[str, list[str]] = {}
    if importlib.util.find_spec(f"{service}.consumers") is None:
        return handled
    package = importlib.import_module(f"{service}.consumers")
    for module in pkgutil.iter_modules(package.__path__):
        found = importlib.import_module(f"{package.__name__}.{module.name}")
        handlers: Mapping[str, object] = getattr(found, "HANDLERS", {})
        if handlers:
            handled[module.name] = sorted(handlers)
    return handled
