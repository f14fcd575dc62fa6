"""Writing notes about a customer: adding, changing and deleting them, and reading them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from chassis.idempotency import Once
from chassis.ids import new_uuid
from customer.domain.notes import Note, NoteText, NoteUnknown, check_note, check_version
from customer.domain.owners import Whom
from customer.store import notes as store
from customer.store.holding import decide_once
from customer.store.owners import find_owner

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from customer.domain.notes import Place


@dataclass(frozen=True, slots=True)
class NoteKept:
    """A note that was written, without its words: this answer is remembered."""

    note_id: UUID
    version: int


async def write_note(
    database: Database,
    whom: Whom,
    written: NoteText,
    *,
    client_id: str,
    actor: str | None,
    once: Once[NoteKept],
    now: datetime,
) -> NoteKept:
    """Add a note; raises `NoteWithoutStore`, `NationalNumberTold`, and what `owner_of` raises."""
    check_note(written)

    async def work(tx: Transaction) -> NoteKept:
        owner = await find_owner(tx, whom)
        note = Note(
            id=new_uuid(),
            told=owner.told,
            written=written,
            version=1,
            client_id=client_id,
            actor=actor,
            created_at=now,
            updated_at=now,
        )
        await store.insert_note(tx, note)
        return NoteKept(note.id, note.version)

    return await decide_once(database, once, work)


async def rewrite_note(
    database: Database,
    customer_id: str,
    note_id: UUID,
    written: NoteText,
    *,
    at_store: str | None,
    expected: int | None,
    client_id: str,
    actor: str | None,
    now: datetime,
) -> Note:
    """Replace what a note says; the same again changes nothing.

    Raises `CustomerUnknown`, `NoteUnknown`, `NoteWithoutStore`, `NationalNumberTold` and
    `NoteChangedMeanwhile`.
    """
    check_note(written)

    async def work(tx: Transaction) -> Note:
        note = await _held(tx, customer_id, note_id, at_store)
        check_version(note, expected)
        if note.written == written:
            return note
        changed = replace(
            note,
            written=written,
            version=note.version + 1,
            client_id=client_id,
            actor=actor,
            updated_at=now,
        )
        await store.update_note(tx, changed)
        return changed

    return await decide_once(database, Once(Note), work)


async def delete_note(
    database: Database,
    customer_id: str,
    note_id: UUID,
    *,
    at_store: str | None,
    expected: int | None,
) -> None:
    """Delete a note for good.

    Raises `CustomerUnknown`, `NoteUnknown` and `NoteChangedMeanwhile`.
    """

    async def work(tx: Transaction) -> None:
        note = await _held(tx, customer_id, note_id, at_store)
        check_version(note, expected)
        await store.delete_note(tx, note.id)

    await decide_once(database, Once(NoneType), work)


async def list_notes(
    database: Database,
    customer_id: str,
    *,
    at_store: str | None,
    after: Place | None,
    limit: int,
) -> list[Note]:
    """List what the house may read of a customer, and what the named store may.

    Raises `CustomerUnknown`.
    """
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        return await store.list_notes(
            connection, owner.customer_id, store=at_store, after=after, limit=limit
        )


async def read_note(
    database: Database, customer_id: str, note_id: UUID, *, at_store: str | None
) -> Note:
    """Read one note; raises `CustomerUnknown` and `NoteUnknown`."""
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        note = await store.find_note(connection, owner.customer_id, note_id, store=at_store)
    return _known(note)


async def _held(tx: Transaction, customer_id: str, note_id: UUID, at_store: str | None) -> Note:
    owner = await find_owner(tx, Whom(customer_id))
    return _known(await store.find_note(tx, owner.customer_id, note_id, store=at_store, hold=True))


def _known(note: Note | None) -> Note:
    if note is None:
        message = "List the customer's notes; this one may have been deleted."
        raise NoteUnknown(message)
    return note
