"""Events that could not be applied: told to `<topic>.dlq`, their key held back until replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select, tuple_

from chassis.bus import DEAD_LETTER_SUFFIX, Message
from chassis.events import Incoming, from_message
from chassis.outbox import announce_body
from chassis.tables import held_events

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from chassis.consuming import Handlers
    from chassis.database import Transaction

DEAD_LETTER = "event.parked.v1"


def describe(error: BaseException) -> str:
    """Tell a failure's kind and place without its values, which may be personal."""
    if isinstance(error, ValidationError):
        places = [f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()]
        return f"ValidationError ({'; '.join(places)})"
    return type(error).__name__


async def held_keys(
    tx: Transaction, consumer: str, keys: AbstractSet[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Tell which of the (topic, key) pairs are held back."""
    place = tuple_(held_events.c.topic, held_events.c.key)
    rows = await tx.execute(
        select(held_events.c.topic, held_events.c.key)
        .where(held_events.c.consumer == consumer, place.in_(sorted(keys)))
        .distinct()
    )
    return {(row.topic, row.key) for row in rows}


async def hold(tx: Transaction, consumer: str, event: Incoming, *, cause: str | None) -> None:
    """Keep an event for replay: one that failed, with its cause, or one that waits behind it."""
    await _keep_event(tx, consumer, event, cause)
    if cause is not None:
        body = {"consumer": consumer, "event_id": event.id, "type": event.type, "cause": cause}
        await _tell(tx, event.topic, event.key, body, at=event.at)


async def park(tx: Transaction, consumer: str, message: Message, *, cause: str) -> None:
    """Keep a message that is no event at all; it holds no key back."""
    headers = {name: value.decode(errors="replace") for name, value in message.headers}
    event_id = headers.get("ce_id", "")
    key = f"unreadable/{message.key}"
    await _keep(tx, consumer, message.topic, key, event_id, headers, message.value, cause)
    at = await tx.scalar(select(func.now()))
    if at is not None:
        body = {"consumer": consumer, "event_id": event_id, "type": None, "cause": cause}
        await _tell(tx, message.topic, message.key, body, at=at)


async def replay(
    tx: Transaction, consumer: str, handlers: Handlers, *, topic: str, key: str
) -> int:
    """Apply a held key's events in their order and let the key go; gives their number.

    Raises what the handler raises: then the transaction rolls back and the key stays held.
    """
    here = (
        held_events.c.consumer == consumer,
        held_events.c.topic == topic,
        held_events.c.key == key,
    )
    rows = (
        await tx.execute(
            select(held_events).where(*here).order_by(held_events.c.position).with_for_update()
        )
    ).all()
    for row in rows:
        headers = tuple((name, value.encode()) for name, value in row.headers.items())
        event = from_message(Message(topic=topic, key=key, value=row.payload, headers=headers))
        await handlers[topic][event.type](tx, event)
    await tx.execute(delete(held_events).where(*here))
    return len(rows)


async def keep_unpublished(tx: Transaction, event: Incoming, *, cause: str) -> None:
    """Keep a fact of our own that the bus refuses for good, such as one too large for it."""
    await _keep_event(tx, "relay", event, cause)


async def _keep_event(tx: Transaction, consumer: str, event: Incoming, cause: str | None) -> None:
    attributes = {
        "ce_id": event.id,
        "ce_type": event.type,
        "ce_time": event.at.isoformat(),
        "ce_sequence": str(event.sequence),
    }
    if event.traceparent is not None:
        attributes["ce_traceparent"] = event.traceparent
    await _keep(tx, consumer, event.topic, event.key, event.id, attributes, event.data, cause)


async def _keep(
    tx: Transaction,
    consumer: str,
    topic: str,
    key: str,
    event_id: str,
    headers: Mapping[str, str],
    payload: bytes,
    cause: str | None,
) -> None:
    await tx.execute(
        insert(held_events).values(
            consumer=consumer,
            topic=topic,
            key=key,
            event_id=event_id,
            headers=dict(headers),
            payload=payload,
            cause=cause,
        )
    )


async def _tell(
    tx: Transaction, topic: str, key: str, body: dict[str, Any], *, at: datetime
) -> None:
    await announce_body(
        tx,
        topic=topic + DEAD_LETTER_SUFFIX,
        type_=DEAD_LETTER,
        key=key,
        sequence=0,
        at=at,
        body=body,
    )
