"""Cursors of lists that are ordered by an instant and an id, or by the id alone."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from chassis.ids import IdType, InvalidId
from chassis.paging import decode_cursor, encode_cursor
from customer.api.cursors import invalid_cursor

Place = tuple[datetime, UUID]


def read_place(cursor: str | None, kind: IdType) -> Place | None:
    """Read where a page ended; raises `InvalidCursor`."""
    if cursor is None:
        return None
    instant, shown = decode_cursor(cursor, parts=2)
    try:
        at = datetime.fromisoformat(str(instant))
        at.astimezone(UTC)  # which the first and last day of all may not have
        place = at, kind.read(str(shown))
    except (ValueError, OverflowError, InvalidId) as error:
        raise invalid_cursor() from error
    if at.tzinfo is None:
        raise invalid_cursor()
    return place


def write_place(place: Place, kind: IdType) -> str:
    """Write where a page ended."""
    at, id_ = place
    return encode_cursor(at.isoformat(), kind.show(id_))


def read_last(cursor: str | None, kind: IdType) -> UUID | None:
    """Read the id of the last item of a page; raises `InvalidCursor`."""
    if cursor is None:
        return None
    [shown] = decode_cursor(cursor, parts=1)
    try:
        return kind.read(str(shown))
    except InvalidId as error:
        raise invalid_cursor() from error


def write_last(id_: UUID, kind: IdType) -> str:
    """Write the id of the last item of a page."""
    return encode_cursor(kind.show(id_))
