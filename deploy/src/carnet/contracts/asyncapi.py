"""The event bus described by AsyncAPI 3: channels, messages, who sends and who receives."""

from collections.abc import Sequence

from carnet.contracts.events import JsonObject, Topic, schema
from chassis.events import Event

_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes in the Kafka protocol binding's binary mode.",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_time",
        "ce_partitionkey",
        "ce_sequence",
        "content-type",
    ],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_source": {"type": "string", "examples": ["/services/orders"]},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string", "description": "The aggregate's own id."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_partitionkey": {"type": "string", "description": "The aggregate's own id."},
        "ce_sequence": {"type": "string", "description": "The aggregate's version."},
        "ce_traceparent": {"type": "string", "description": "W3C Trace Context."},
        "content-type": {"const": "application/json"},
    },
}


def document(topics: Sequence[Topic]) -> JsonObject:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Carnet events",
            "version": "1",
            "description": (
                "Facts, at least once and in order per key. Events carry ids and values, never "
                "contact data."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": {
            name: operation for topic in topics for name, operation in _operations(topic).items()
        },
        "components": {
            "messages": {event.type: _message(event) for topic in topics for event in topic.events},
            "messageTraits": {"cloudEvent": {"headers": _HEADERS}},
        },
    }


def _channel(topic: Topic) -> JsonObject:
    return {
        "address": topic.name,
        "messages": {
            event.type: {"$ref": f"#/components/messages/{event.type}"} for event in topic.events
        },
    }


def _operations(topic: Topic) -> JsonObject:
    channel = f"#/channels/{topic.name}"
    found: JsonObject = {
        f"{topic.owner}.sends.{topic.name}": {
            "action": "send",
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{event.type}"} for event in topic.events],
        }
    }
    for service, types in topic.consumers.items():
        found[f"{service}.receives.{topic.name}"] = {
            "action": "receive",
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{name}"} for name in types],
        }
    return found


def _message(event: type[Event]) -> JsonObject:
    described = schema(event)
    return {
        "name": event.type,
        "title": described.get("title", event.type),
        "summary": described.get("description", ""),
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./events/{event.type}.json"},
        },
        "examples": [{"name": "example", "payload": event.example}],
    }
