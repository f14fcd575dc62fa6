"""Announcing facts: a row beside the change it tells of, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Row, Text, any_, cast, delete, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import mark_announced
from chassis.events import Envelope, Event
from chassis.ids import new_uuid
from chassis.tables import outbox
from chassis.tracing import current_traceparent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

__all__ = [
    "OutboxRow",
    "announce",
    "announce_body",
    "delete_rows",
    "mark_announced",
    "oldest_rows",
    "outbox_row",
]

OutboxRow = tuple["UUID", str, str, str, int, str, "datetime", str | None]
"""(id, aggregatetype, aggregateid, type, sequence, payload, occurred_at, traceparent)."""


async def announce(tx: Transaction, event: Event, *, key: str, sequence: int, at: datetime) -> None:
    """Write a fact to the outbox; it is published once the transaction has committed.

    `key` is the aggregate's own id for its whole life (facts of one key keep their order),
    `sequence` its version. Lock the aggregate's row first, so that two transactions cannot write
    facts of one key out of order.
    """
    await announce_body(
        tx,
        topic=event.topic,
        type_=event.type,
        key=key,
        sequence=sequence,
        at=at,
        body=event.model_dump(mode="json"),
    )


async def announce_body(
    tx: Transaction,
    *,
    topic: str,
    type_: str,
    key: str,
    sequence: int,
    at: datetime,
    body: dict[str, Any],
) -> None:
    """Write a fact whose body is plain JSON, such as a dead letter, to the outbox."""
    await tx.execute(
        insert(outbox).values(
            id=new_uuid(),
            aggregatetype=topic,
            aggregateid=key,
            type=type_,
            sequence=sequence,
            payload=body,
            occurred_at=at,
            traceparent=current_traceparent(),
        )
    )
    mark_announced(tx)


def outbox_row(event: Event, *, key: str, sequence: int, at: datetime) -> OutboxRow:
    """Give the outbox columns of a fact, for hot statements that insert many rows at once.

    The caller calls `mark_announced(tx)` after its statement.
    """
    return (
        new_uuid(),
        event.topic,
        key,
        event.type,
        sequence,
        event.model_dump_json(),
        at,
        current_traceparent(),
    )


async def oldest_rows(connection: AsyncConnection, limit: int) -> list[tuple[int, Envelope]]:
    """Read the oldest committed facts with their `seq`, in order.

    Always from the start and never "after the last seq": sequences commit out of order.
    """
    columns = [column for column in outbox.c if column is not outbox.c.payload]
    rows = await connection.execute(
        select(*columns, cast(outbox.c.payload, Text).label("payload"))
        .order_by(outbox.c.seq)
        .limit(limit)
    )
    return [(row.seq, _envelope(row)) for row in rows]


async def delete_rows(connection: AsyncConnection, seqs: Sequence[int]) -> None:
    """Forget facts that the broker has acknowledged."""
    await connection.execute(
        delete(outbox).where(
            outbox.c.seq == any_(cast(literal(list(seqs), ARRAY(BigInteger)), ARRAY(BigInteger)))
        )
    )


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(
        id=row.id,
        topic=row.aggregatetype,
        type=row.type,
        key=row.aggregateid,
        sequence=row.sequence,
        at=row.occurred_at,
        traceparent=row.traceparent,
        payload=row.payload.encode(),
    )
