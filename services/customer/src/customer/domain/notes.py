"""Notes that people write about a customer: for the whole house, or for one store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import FieldProblem, Invalid, NotFound, PreconditionFailed
from customer.domain.national_numbers_told import refuse_national_numbers
from customer.domain.owners import ToldOf


class Visibility(StrEnum):
    """Who reads a note."""

    HOUSE = "house"
    STORE = "store"


class NoteUnknown(NotFound):
    slug = "note-unknown"
    title = "The customer has no such note"


class NoteChangedMeanwhile(PreconditionFailed):
    slug = "note-changed"
    title = "The note changed since it was read"


class NoteWithoutStore(Invalid):
    slug = "note-without-store"
    title = "A note that a store alone reads must name it"


@dataclass(frozen=True, slots=True)
class NoteText:
    """What a person writes, and for whom."""

    text: str
    visibility: Visibility
    store: str | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list of notes is read from: pinned notes stand first, then the newest."""

    pinned: bool
    created_at: datetime
    note_id: UUID


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is kept; `actor` wrote its present text."""

    id: UUID
    told: ToldOf
    written: NoteText
    version: int
    client_id: str
    actor: str | None
    created_at: datetime
    updated_at: datetime


def check_note(written: NoteText) -> None:
    """Refuse a note for a store that is not named, and one that may not be kept.

    Raises `NoteWithoutStore` and `NationalNumberTold`.
    """
    refuse_national_numbers({"text": written.text, "store": written.store})
    if written.visibility is Visibility.STORE and written.store is None:
        mend = "Name the store, or let the whole house read the note."
        raise NoteWithoutStore(mend, fields=[FieldProblem("store", "is missing", mend)])


def check_version(note: Note, expected: int | None) -> None:
    """Refuse a change made from another version; raises `NoteChangedMeanwhile`."""
    if expected is not None and expected != note.version:
        message = f"It is at version {note.version}. Read it again, then send its new ETag."
        raise NoteChangedMeanwhile(message)
