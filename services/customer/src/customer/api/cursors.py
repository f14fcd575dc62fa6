"""Cursors that name a source record."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FieldProblem
from chassis.ids import InvalidId
from chassis.paging import InvalidCursor
from customer.events import SOURCE_RECORD


def read_record_id(shown: str | int) -> UUID:
    """Read the source record that a cursor names; raises `InvalidCursor`."""
    try:
        return SOURCE_RECORD.read(str(shown))
    except InvalidId as error:
        raise invalid_cursor() from error


def invalid_cursor() -> InvalidCursor:
    """Refuse a cursor that was not given out here."""
    mend = "Send `next_cursor` as it was given, or leave it out to begin at the start."
    return InvalidCursor(mend, fields=[FieldProblem("cursor", "was not given out here", mend)])
