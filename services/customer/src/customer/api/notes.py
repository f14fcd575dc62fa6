"""Notes about a customer: written by people, for the house or for one store."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.ids import IdType
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from chassis.versions import etag
from customer.api.actors import ActorDep
from customer.api.cursors import invalid_cursor
from customer.api.fields import ShortText
from customer.api.places import read_place, write_place
from customer.api.readers import ReadingDep, sees
from customer.api.seen_parts import see
from customer.api.told_fields import printable
from customer.api.versions import IfMatchNeeded
from customer.domain.notes import Note, NoteText, Place, Visibility
from customer.domain.owners import Whom
from customer.events import SourceRecordId
from customer.use_cases import write_notes as writing
from customer.use_cases.write_notes import NoteKept

router = APIRouter(prefix="/v1/customers/{customer_id}/notes", tags=["notes"])

NOTE = IdType("nte")
NoteId = Annotated[UUID, NOTE.schema]
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000, strip_whitespace=True),
    AfterValidator(printable),
]
AtStore = Annotated[
    str | None, Query(max_length=64, description="The store whose own notes are read as well.")
]
_WRITES = [requires("customers:write")]
_PART = "notes"


class WrittenNoteIn(StrictModel):
    """What a person writes, who reads it, and whether it stands above the others."""

    text: Words
    visibility: Visibility = Visibility.HOUSE
    store: ShortText | None = None
    pinned: bool = False

    def written(self) -> NoteText:
        """Give the note that the domain checks."""
        return NoteText(self.text, self.visibility, self.store, self.pinned)


class NewNoteIn(WrittenNoteIn):
    """A new note; with `source_record_id` it follows that record of the customer."""

    source_record_id: SourceRecordId | None = None


class NoteKeptOut(BaseModel):
    """The id of the new note, and its version."""

    note_id: NoteId
    version: int


class NoteOut(BaseModel):
    """A note, and who wrote its present words."""

    note_id: NoteId
    text: str
    visibility: Visibility
    store: str | None
    pinned: bool
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None
    client_id: str
    actor: str | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, note: Note) -> NoteOut:
        return cls(
            note_id=note.id,
            text=note.written.text,
            visibility=note.written.visibility,
            store=note.written.store,
            pinned=note.written.pinned,
            source_record_id=note.told.source_record_id,
            told_customer_id=note.told.customer_id,
            client_id=note.client_id,
            actor=note.actor,
            version=note.version,
            created_at=note.created_at,
            updated_at=note.updated_at,
        )


@router.get("", dependencies=[requires("customers:read"), sees(_PART)])
async def get_notes(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    store: AtStore = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[NoteOut]:
    """List what the house may read of a customer, and what the named store may.

    The pinned notes stand first, then the newest.
    """
    notes = await writing.list_notes(
        database, customer_id, at_store=store, after=_read_cursor(cursor), limit=limit + 1
    )
    last = notes[limit - 1] if len(notes) > limit else None
    return Page(
        items=[NoteOut.of(note) for note in await reading.told(_PART, notes[:limit])],
        next_cursor=None if last is None else _write_cursor(last),
    )


@router.post("", status_code=201, dependencies=_WRITES)
async def post_note(
    customer_id: GlobalId,
    body: NewNoteIn,
    database: DatabaseDep,
    actor: ActorDep,
    once: Annotated[Once[NoteKept], once_of(NoteKept)],
    now: Now,
    response: Response,
) -> NoteKeptOut:
    """Write a note about a customer."""
    kept = await writing.write_note(
        database,
        Whom(customer_id, body.source_record_id),
        body.written(),
        client_id=actor.client_id,
        actor=actor.person,
        once=once,
        now=now,
    )
    response.headers["ETag"] = etag(kept.version)
    return NoteKeptOut(note_id=kept.note_id, version=kept.version)


@router.get("/{note_id}", dependencies=[requires("customers:read")])
async def get_note(
    customer_id: GlobalId,
    note_id: NoteId,
    database: DatabaseDep,
    reading: ReadingDep,
    response: Response,
    store: AtStore = None,
) -> NoteOut:
    """Read a note; its ETag is what `If-Match` takes."""
    note = await writing.read_note(database, customer_id, note_id, at_store=store)
    await see(reading, _PART, customer_id, note)
    response.headers["ETag"] = etag(note.version)
    return NoteOut.of(note)


@router.put("/{note_id}", dependencies=_WRITES)
async def put_note(
    customer_id: GlobalId,
    note_id: NoteId,
    body: WrittenNoteIn,
    database: DatabaseDep,
    actor: ActorDep,
    expected: IfMatchNeeded,
    now: Now,
    response: Response,
    store: AtStore = None,
) -> NoteOut:
    """Replace what a note says, if it is as it was read."""
    note = await writing.rewrite_note(
        database,
        customer_id,
        note_id,
        body.written(),
        at_store=store,
        expected=expected,
        client_id=actor.client_id,
        actor=actor.person,
        now=now,
    )
    response.headers["ETag"] = etag(note.version)
    return NoteOut.of(note)


@router.delete("/{note_id}", status_code=204, dependencies=_WRITES)
async def delete_note(
    customer_id: GlobalId,
    note_id: NoteId,
    database: DatabaseDep,
    expected: IfMatchNeeded,
    store: AtStore = None,
) -> Response:
    """Delete a note for good, if it is as it was read."""
    await writing.delete_note(database, customer_id, note_id, at_store=store, expected=expected)
    return Response(status_code=204)


def _read_cursor(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    pinned, place = decode_cursor(cursor, parts=2)
    if pinned not in (0, 1) or (found := read_place(str(place), NOTE)) is None:
        raise invalid_cursor()
    return Place(bool(pinned), *found)


def _write_cursor(note: Note) -> str:
    return encode_cursor(int(note.written.pinned), write_place((note.created_at, note.id), NOTE))
