"""Messages to customers in the database: noted with their fact, leased, written down, sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Row, func, select, text, tuple_, update

from chassis.ids import new_uuid
from orders.domain.messages import HISTORY, Message, MessageKind, MessageState
from orders.store.message_tables import messages
from orders.store.tables import order_contacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.messages import Note, Written

_NOTE = text(
    """
    INSERT INTO messages (
        id, kind, about_id, order_id, happened_at, facts, state, tries, next_try_at
    )
    SELECT told.id, told.kind, told.about_id, told.order_id, told.happened_at, told.facts,
        CASE WHEN orders.erased_at IS NOT NULL THEN 'erased'
            WHEN order_contacts.contact ->> 'email' IS NULL THEN 'no-address'
            WHEN orders.received_at - orders.placed_at > :history THEN 'expired'
            ELSE 'waiting' END,
        0, now()
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:about_ids AS uuid[]),
        CAST(:order_ids AS uuid[]), CAST(:happened_ats AS timestamptz[]), CAST(:facts AS jsonb[])
    ) AS told (id, kind, about_id, order_id, happened_at, facts)
    JOIN orders ON orders.id = told.order_id
    LEFT JOIN order_contacts ON order_contacts.order_id = told.order_id
    ORDER BY told.kind, told.about_id
    ON CONFLICT (kind, about_id) DO NOTHING
    """
)
"""Sorted, so that two transactions that note the same facts cannot wait for each other."""

_LEASE = text(
    """
    UPDATE messages SET tries = tries + 1, next_try_at = now() + make_interval(secs => :seconds)
    WHERE id = (
        SELECT id FROM messages WHERE state = 'waiting' AND next_try_at <= now()
        ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING *
    """
)


async def note_messages(tx: Transaction, notes: Sequence[Note]) -> None:
    """Note what customers are to hear, with the facts themselves; one that is noted stays as it is.

    Those that come together are sent in their sequence, as far as one is sent after the other.
    Whose order has no address, is erased or was told long after it was placed is noted as such.
    """
    if not notes:
        return
    await tx.execute(
        _NOTE,
        {
            "history": HISTORY,
            "ids": sorted(new_uuid() for _ in notes),
            "kinds": [note.kind.value for note in notes],
            "about_ids": [note.about_id for note in notes],
            "order_ids": [note.order_id for note in notes],
            "happened_ats": [note.happened_at for note in notes],
            "facts": [orjson.dumps(note.facts).decode() for note in notes],
        },
    )


async def lease_message(tx: Transaction, *, lease_seconds: int) -> Message | None:
    """Give the next message to send, and nobody else for a while; None when none is due."""
    row = (await tx.execute(_LEASE, {"seconds": lease_seconds})).one_or_none()
    return None if row is None else _message(row)


async def renew_lease(tx: Transaction, message: Message, *, lease_seconds: int) -> None:
    """Keep a leased message for a while longer, unless somebody else has it by now."""
    until = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, lease_seconds)
    await _set(tx, message, next_try_at=until)


async def contact_for_sending(tx: Transaction, order_id: UUID) -> dict[str, Any] | None:
    """Give the order's snapshot, which nobody erases until this transaction ends."""
    statement = (
        select(order_contacts.c.contact)
        .where(order_contacts.c.order_id == order_id)
        .with_for_update(read=True)
    )
    return await tx.scalar(statement)


async def write_down(tx: Transaction, message: Message, written: Written, recipient: str) -> bool:
    """Keep what is about to be sent, word by word; gives False where the lease has passed on."""
    return await _set(
        tx,
        message,
        recipient=recipient,
        language=written.language,
        template_version=written.template_version,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )


async def end_message(
    tx: Transaction,
    message: Message,
    state: MessageState,
    *,
    problem: str | None = None,
    sent_at: datetime | None = None,
) -> None:
    """Store what became of a leased message; one that was erased meanwhile stays empty."""
    await _set(tx, message, state=state, problem=problem, sent_at=sent_at)


async def try_later(tx: Transaction, message: Message, *, at: datetime, problem: str) -> None:
    """Store when a message is tried again, and why it has to be."""
    await _set(tx, message, next_try_at=at, problem=problem)


async def messages_of(
    connection: AsyncConnection,
    order_id: UUID,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Message]:
    """Give what an order's customer was told or will be, the first one first, from a place on."""
    statement = (
        select(messages)
        .where(messages.c.order_id == order_id)
        .order_by(messages.c.happened_at, messages.c.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(messages.c.happened_at, messages.c.id) > tuple_(*after))
    return [_message(row) for row in await connection.execute(statement)]


async def _set(tx: Transaction, message: Message, **values: object) -> bool:
    """Change a message, unless its lease ran out and somebody else has it by now."""
    is_leased = (messages.c.id == message.id) & (messages.c.tries == message.tries)
    return bool((await tx.execute(update(messages).where(is_leased).values(**values))).rowcount)


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        kind=MessageKind(row.kind),
        about_id=row.about_id,
        order_id=row.order_id,
        happened_at=row.happened_at,
        state=MessageState(row.state),
        tries=row.tries,
        facts=row.facts,
        problem=row.problem,
        sent_at=row.sent_at,
        recipient=row.recipient,
        language=row.language,
        template_version=row.template_version,
        subject=row.subject,
        text=row.text,
        html=row.html,
    )
