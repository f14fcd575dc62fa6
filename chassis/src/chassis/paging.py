"""Cursor pagination: opaque positions, bounded pages."""

from __future__ import annotations

import base64
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel, TypeAdapter

from chassis.errors import FieldProblem, Invalid

T = TypeVar("T")
_PARTS = TypeAdapter(list[str | int])

Limit = Annotated[int, Query(ge=1, le=200, description="How many items at the most.")]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before.")
]


class InvalidCursor(Invalid):
    """The cursor was not given out by this list."""

    slug = "invalid-cursor"
    title = "The cursor is not valid"


class Page(BaseModel, Generic[T]):
    """A bounded part of a list; `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*parts: str | int) -> str:
    """Write a position, such as (instant, id), as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(text: str, *, parts: int) -> list[str | int]:
    """Read a position of so many parts back; raises `InvalidCursor`."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = _PARTS.validate_json(raw, strict=True)
    except ValueError as error:
        raise _invalid() from error
    if len(values) != parts or any("\0" in str(value) for value in values):
        raise _invalid()
    return values


def _invalid() -> InvalidCursor:
    mend = "Send `next_cursor` as it was given, or leave it out to begin at the start."
    return InvalidCursor(mend, fields=[FieldProblem("cursor", "was not given out here", mend)])
