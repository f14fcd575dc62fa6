"""Facts that services publish, and what a consumer is handed: CloudEvents 1.0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from chassis.bus import Message

if TYPE_CHECKING:
    from uuid import UUID

_PREFIX = "ce_"


class Event(BaseModel):
    """A published fact: ids and values, never contact data.

    Subclasses give `topic`, `type` (`noun.past-participle.vN`) and one `example`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: ClassVar[str]
    type: ClassVar[str]
    example: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A fact ready for the bus: its attributes as CloudEvents names them, and its JSON body."""

    id: UUID
    topic: str
    type: str
    key: str
    sequence: int
    at: datetime
    traceparent: str | None
    payload: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """A fact as a consumer receives it; `data` is the JSON body, to be read by its own view."""

    id: str
    topic: str
    type: str
    key: str
    sequence: int
    at: datetime
    traceparent: str | None
    data: bytes


def to_message(envelope: Envelope, source: str) -> Message:
    """Write a fact in the Kafka protocol binding's binary mode."""
    attributes = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": source,
        "type": envelope.type,
        "subject": envelope.key,
        "partitionkey": envelope.key,
        "time": envelope.at.isoformat(),
        "sequence": str(envelope.sequence),
    }
    if envelope.traceparent is not None:
        attributes["traceparent"] = envelope.traceparent
    headers = [(f"{_PREFIX}{name}", value.encode()) for name, value in attributes.items()]
    headers.append(("content-type", b"application/json"))
    return Message(
        topic=envelope.topic, key=envelope.key, value=envelope.payload, headers=tuple(headers)
    )


def from_message(message: Message) -> Incoming:
    """Read a fact from its binary-mode headers; raises `ValueError` when one is missing."""
    attributes = {
        name.removeprefix(_PREFIX): value.decode()
        for name, value in message.headers
        if name.startswith(_PREFIX)
    }
    try:
        return Incoming(
            id=attributes["id"],
            topic=message.topic,
            type=attributes["type"],
            key=message.key,
            sequence=int(attributes.get("sequence", "0")),
            at=datetime.fromisoformat(attributes["time"]),
            traceparent=attributes.get("traceparent"),
            data=message.value,
        )
    except KeyError as error:
        problem = f"the CloudEvents attribute {error.args[0]!r} is missing"
        raise ValueError(problem) from error
