"""The event bus as its users see it: publish, subscribe, commit; Kafka or PostgreSQL behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MAX_MESSAGE_BYTES = 1_000_000
DEAD_LETTER_SUFFIX = ".dlq"

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: those of one topic and key are read in the order they were published in."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Subscription(Protocol):
    """A place in one group's reading of some topics; at least once, never skipping.

    Used by one task at a time: fetch, apply, commit. What was fetched and not committed comes again
    after `rewind`, after a crash, or at the group's next reader. A fetch that is cancelled loses
    nothing: the next one returns what it brought.
    """

    async def fetch(self, *, limit: int = 500, timeout_seconds: float = 0.5) -> list[Message]:
        """Return the next messages, in order per key; after `timeout_seconds` an empty list.

        Returns as soon as there is one message. Raises `Unavailable` if the bus does not answer;
        the next call connects anew, and goes on after the last commit.
        """
        ...

    async def commit(self) -> None:
        """Keep that all messages fetched so far are done with.

        Where another reader has taken over meanwhile nothing is kept: it reads them again. Raises
        `Unavailable` if the bus does not answer; may then be called again.
        """
        ...

    async def rewind(self) -> None:
        """Go back to the last commit: what was fetched since is fetched again."""
        ...

    async def close(self) -> None:
        """Leave without committing, within two seconds."""
        ...


class Bus(Protocol):
    """Where events go to and come from, for the life of one process."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once every message is kept for good, in the order given per topic and key.

        Raises `Unavailable` when that could not be had in time: some may be on the bus, so publish
        all of them again (readers know duplicates by the event's id). Raises `MessageRefused` for
        a message that no attempt can publish.
        """
        ...

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """Read topics for a group, from its last commit or their beginning on; connects later."""
        ...

    async def ensure_topics(self, names: Sequence[str]) -> None:
        """Make the topics that do not exist yet, each with its dead-letter topic `<name>.dlq`."""
        ...

    async def check(self) -> None:
        """Raise `Unavailable` within five seconds if the bus does not answer."""
        ...

    async def close(self) -> None:
        """Close every subscription and connection, within two seconds."""
        ...


class MessageRefused(ValueError):
    """No attempt can publish this message: it breaks a rule of every bus."""


def refuse_unpublishable(messages: Sequence[Message]) -> None:
    """Hold both buses to the narrower rule of either, so that what one takes the other takes.

    Kafka limits a message's size and a topic's letters; PostgreSQL stores no NUL in a text.
    """
    for message in messages:
        refuse_bad_topic(message.topic)
        if "\0" in message.key or any("\0" in name for name, _ in message.headers):
            raise MessageRefused(f"a key or header name on {message.topic!r} contains NUL")
        size = len(message.key.encode(errors="surrogateescape")) + len(message.value)
        size += sum(len(name.encode()) + len(value) for name, value in message.headers)
        if size > MAX_MESSAGE_BYTES:
            raise MessageRefused(
                f"a message of {size} bytes on {message.topic!r}: at most {MAX_MESSAGE_BYTES}"
            )


def refuse_bad_topic(topic: str) -> None:
    """Hold a topic's name to Kafka's letters, with room left for `.dlq`."""
    if not _TOPIC.fullmatch(topic) or topic in {".", ".."}:
        raise MessageRefused(f"{topic!r} is no topic: use letters, digits, '.', '_', '-'")
