"""Carriers' answers in the database: kept, leased for reading, noted as read, emptied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.purview import Purview
from orders.domain.carrier_answers import CarrierAnswer, CarrierAnswerNotFound
from orders.store.carrier_tables import carrier_answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_LEASE_SECONDS = 60
_SHOWN = tuple(
    carrier_answers.c[name]
    for name in (
        *("id", "source", "received_at", "read_at"),
        *("recorded", "unmapped", "refused", "problem"),
    )
)


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that is to be read, and how far who sent it sees."""

    id: UUID
    source: str
    payload: bytes
    received_at: datetime
    purview: Purview


async def keep_answer(
    tx: Transaction,
    answer: CarrierAnswer,
    *,
    body_hash: bytes,
    payload: bytes,
    client_id: str,
    purview: Purview,
) -> CarrierAnswer | None:
    """Keep an answer; gives the earlier one where the same body came from the source before."""
    statement = (
        insert(carrier_answers)
        .values(
            id=answer.id,
            source=answer.source,
            body_hash=body_hash,
            payload=payload,
            client_id=client_id,
            purview=purview.document(),
            received_at=answer.received_at,
            tracking_numbers=[],
        )
        .on_conflict_do_nothing()
        .returning(carrier_answers.c.id)
    )
    if await tx.scalar(statement) is not None:
        return None
    same = select(*_SHOWN).where(
        carrier_answers.c.source == answer.source, carrier_answers.c.body_hash == body_hash
    )
    return CarrierAnswer(*(await tx.execute(same)).one())


async def load_answer(connection: AsyncConnection, answer_id: UUID) -> CarrierAnswer:
    """Give what became of an answer; raises `CarrierAnswerNotFound`."""
    statement = select(*_SHOWN).where(carrier_answers.c.id == answer_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise CarrierAnswerNotFound
    return CarrierAnswer(*row)


async def wish_read_again(tx: Transaction, answer_id: UUID) -> bool:
    """Have an answer read again; False where its payload is kept no longer."""
    statement = (
        update(carrier_answers)
        .where(carrier_answers.c.id == answer_id, carrier_answers.c.payload.is_not(None))
        .values(
            read_at=None,
            leased_until=None,
            recorded=None,
            unmapped=None,
            refused=None,
            problem=None,
        )
    )
    return (await tx.execute(statement)).rowcount == 1


async def lease_answers(tx: Transaction, *, limit: int) -> list[WaitingAnswer]:
    """Take answers to read, those that came first; nobody else does for a minute."""
    due = (
        select(carrier_answers.c.id)
        .where(
            carrier_answers.c.read_at.is_(None),
            or_(
                carrier_answers.c.leased_until.is_(None),
                carrier_answers.c.leased_until < func.now(),
            ),
        )
        .order_by(carrier_answers.c.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(carrier_answers)
        .where(carrier_answers.c.id.in_(due))
        .values(leased_until=func.now() + text(f"interval '{_LEASE_SECONDS} seconds'"))
        .returning(
            carrier_answers.c.id,
            carrier_answers.c.source,
            carrier_answers.c.payload,
            carrier_answers.c.received_at,
            carrier_answers.c.purview,
        )
    )
    rows = sorted(await tx.execute(statement), key=lambda row: row.received_at)
    return [
        WaitingAnswer(
            id=row.id,
            source=row.source,
            payload=row.payload or b"",
            received_at=row.received_at,
            purview=Purview.of_document(row.purview),
        )
        for row in rows
    ]


async def note_read(
    tx: Transaction, read: CarrierAnswer, *, tracking_numbers: Sequence[str]
) -> None:
    """Note what became of an answer."""
    await tx.execute(
        update(carrier_answers)
        .where(carrier_answers.c.id == read.id)
        .values(
            read_at=read.read_at,
            recorded=read.recorded,
            unmapped=read.unmapped,
            refused=read.refused,
            problem=read.problem,
            tracking_numbers=list(tracking_numbers),
        )
    )


async def empty_answers(tx: Transaction, *, read_before: datetime) -> int:
    """Delete the payloads of answers that were read long ago; gives their number."""
    statement = (
        update(carrier_answers)
        .where(carrier_answers.c.read_at < read_before, carrier_answers.c.payload.is_not(None))
        .values(payload=None, tracking_numbers=[])
    )
    return (await tx.execute(statement)).rowcount
