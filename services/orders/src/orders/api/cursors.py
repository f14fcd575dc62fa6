"""Places in lists: by an instant and an id, by a sold line, or by a number."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from chassis.errors import FieldProblem
from chassis.paging import InvalidCursor, decode_cursor, encode_cursor
from orders.domain.pieces import PiecePlace

Place = tuple[datetime, UUID]

_LARGEST = 2**31 - 1


def read_place(cursor: str | None) -> Place | None:
    """Read the place that a page ended at; raises `InvalidCursor`."""
    if cursor is None:
        return None
    at, identity = decode_cursor(cursor, parts=2)
    return _place(at, identity)


def show_place(at: datetime, identity: UUID) -> str:
    """Write the place that a page ends at."""
    return encode_cursor(at.isoformat(), str(identity))


def read_piece_place(cursor: str | None) -> PiecePlace | None:
    """Read the place that a page of pieces ended at; raises `InvalidCursor`."""
    if cursor is None:
        return None
    at, identity, line_no = decode_cursor(cursor, parts=3)
    if not isinstance(line_no, int) or not 0 < line_no <= _LARGEST:
        raise _invalid()
    since, order_id = _place(at, identity)
    return PiecePlace(since=since, order_id=order_id, line_no=line_no)


def show_piece_place(place: PiecePlace) -> str:
    """Write the place that a page of pieces ends at."""
    return encode_cursor(place.since.isoformat(), str(place.order_id), place.line_no)


def read_number(cursor: str | None) -> int | None:
    """Read the number that a page ended at; raises `InvalidCursor`."""
    if cursor is None:
        return None
    [number] = decode_cursor(cursor, parts=1)
    if not isinstance(number, int) or not 0 <= number <= _LARGEST:
        raise _invalid()
    return number


def show_number(number: int) -> str:
    """Write the number that a page ends at."""
    return encode_cursor(number)


def _place(at: str | int, identity: str | int) -> Place:
    try:
        place = datetime.fromisoformat(str(at)), UUID(str(identity))
        place[0].astimezone(UTC)  # which the first and last day of all may not have
    except (ValueError, OverflowError) as error:
        raise _invalid() from error
    if place[0].tzinfo is None:
        raise _invalid()
    return place


def _invalid() -> InvalidCursor:
    mend = "Send `next_cursor` as it was given, or leave it out to begin at the start."
    return InvalidCursor(mend, fields=[FieldProblem("cursor", "was not given out here", mend)])
