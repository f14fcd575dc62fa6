"""Notes as they are kept, read by whose they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, RowMapping, delete, insert, or_, select, tuple_, update

from customer.domain.notes import Note, NoteText, Place, Visibility
from customer.domain.owners import ToldOf
from customer.store.owners import is_owned_by
from customer.store.tables.interactions import notes

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_COLUMNS = notes.c


async def insert_note(tx: Transaction, note: Note) -> None:
    """Keep a note."""
    await tx.execute(insert(notes).values(**_row(note)))


async def update_note(tx: Transaction, note: Note) -> None:
    """Write a held note anew."""
    await tx.execute(update(notes).where(_COLUMNS.id == note.id).values(**_row(note)))


async def delete_note(tx: Transaction, note_id: UUID) -> None:
    """Forget a note."""
    await tx.execute(delete(notes).where(_COLUMNS.id == note_id))


async def find_note(
    connection: AsyncConnection,
    customer_id: str,
    note_id: UUID,
    *,
    store: str | None,
    hold: bool = False,
) -> Note | None:
    """Find a customer's note that the store may read; held, until the transaction ends."""
    query = select(notes).where(_readable(customer_id, store), _COLUMNS.id == note_id)
    if hold:
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _note(row)


async def list_notes(
    connection: AsyncConnection,
    customer_id: str,
    *,
    store: str | None,
    after: Place | None,
    limit: int,
) -> list[Note]:
    """List what the house may read, and one store if it is named: pinned first, then the newest."""
    order = (_COLUMNS.pinned, _COLUMNS.created_at, _COLUMNS.id)
    query = (
        select(notes)
        .where(_readable(customer_id, store))
        .order_by(*(column.desc() for column in order))
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(after.pinned, after.created_at, after.note_id))
    return [_note(row) for row in (await connection.execute(query)).mappings()]


def _readable(customer_id: str, store: str | None) -> ColumnElement[bool]:
    owned = is_owned_by(customer_id, _COLUMNS.told_customer_id, _COLUMNS.source_record_id)
    return owned & or_(_COLUMNS.visibility == Visibility.HOUSE, _COLUMNS.store == store)


def _row(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "told_customer_id": note.told.customer_id,
        "source_record_id": note.told.source_record_id,
        "text": note.written.text,
        "visibility": note.written.visibility,
        "store": note.written.store,
        "pinned": note.written.pinned,
        "version": note.version,
        "client_id": note.client_id,
        "actor": note.actor,
        "created_at": note.created_at,
        "updated_at": note.updated_at,
    }


def _note(row: RowMapping) -> Note:
    return Note(
        id=row["id"],
        told=ToldOf(row["told_customer_id"], row["source_record_id"]),
        written=NoteText(row["text"], Visibility(row["visibility"]), row["store"], row["pinned"]),
        version=row["version"],
        client_id=row["client_id"],
        actor=row["actor"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
