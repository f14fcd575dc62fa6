"""Bodies and answers of lines, each of them JSON (NDJSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Match

from chassis.canonical import malformed_json
from chassis.door import media_type_of
from chassis.errors import FieldProblem, Malformed, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel
    from starlette.types import Scope

LINES = "application/x-ndjson"
LONGEST_LINE_BYTES = 1 << 18
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineTooLong(TooLarge):
    """A line is longer than one record can be."""

    slug = "line-too-long"
    title = "The line is too long"


class LineNotUtf8(Malformed):
    """A line is written in another encoding."""

    slug = "line-not-utf-8"
    title = "The line is not encoded in UTF-8"


class LinesRoute(APIRoute):
    """A route for bodies of lines, beside one of the same path for JSON."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Leave to the other route what is not declared as lines."""
        if media_type_of(Headers(scope=scope).get("content-type")) != LINES:
            return Match.NONE, {}
        return super().matches(scope)


def lines_of(body: bytes) -> list[tuple[int, bytes]]:
    """Give the lines with their numbers, from 1; blank ones and a byte order mark are left out."""
    lines = body.removeprefix(_BYTE_ORDER_MARK).split(b"\n")
    stripped = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return [(number, line) for number, line in stripped if line]


def read_line(line: bytes) -> object:
    """Read one line of JSON; raises `LineTooLong`, `LineNotUtf8`, `MalformedJson`."""
    if len(line) > LONGEST_LINE_BYTES:
        mend = f"Send at most {LONGEST_LINE_BYTES} bytes a line."
        raise LineTooLong(mend, fields=[FieldProblem("body", "is too long", mend)])
    try:
        line.decode()
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} of the line is wrong. Write the line in UTF-8."
        raise LineNotUtf8(message) from error
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise malformed_json(f"{error.msg} at character {error.pos + 1} of the line") from error


def answer_lines(items: Iterable[BaseModel]) -> Response:
    """Answer with a line for each item."""
    body = "".join(f"{item.model_dump_json()}\n" for item in items)
    return Response(body, media_type=LINES)


def lines_or_json(description: str) -> dict[str, Any]:
    """Document that an operation reads and answers lines besides JSON."""
    content = {"content": {LINES: {"schema": {"type": "string", "description": description}}}}
    return {"requestBody": content, "responses": {"200": content}}
