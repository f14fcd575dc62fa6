"""Places in lists that are sorted by an instant and an id, the latest first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from chassis.errors import FieldProblem
from chassis.paging import InvalidCursor, decode_cursor, encode_cursor

Place = tuple[datetime, UUID]


def read_place(cursor: str | None) -> Place | None:
    """Read the place that a page ended at; raises `InvalidCursor`."""
    if cursor is None:
        return None
    at, identity = decode_cursor(cursor, parts=2)
    try:
        place = datetime.fromisoformat(str(at)), UUID(str(identity))
        place[0].astimezone(UTC)  # which the first and last day of all may not have
    except (ValueError, OverflowError) as error:
        raise _invalid() from error
    if place[0].tzinfo is None:
        raise _invalid()
    return place


def show_place(at: datetime, identity: UUID) -> str:
    """Write the place that a page ends at."""
    return encode_cursor(at.isoformat(), str(identity))


def _invalid() -> InvalidCursor:
    mend = "Send `next_cursor` as it was given, or leave it out to begin at the start."
    return InvalidCursor(mend, fields=[FieldProblem("cursor", "was not given out here", mend)])
