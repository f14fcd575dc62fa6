"""Reading `{"part": …, "tables": {name: [rows]}}` row by row, while it still comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import orjson

Found: TypeAlias = tuple[str, bytes | None]
"""A table's name with one of its rows, or with None where the table begins."""

LARGEST_ROW_BYTES = 16 << 20
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]"]', re.DOTALL)
_AT_TABLES, _AT_ROWS, _IN_ROW = 2, 3, 4
_TABLES = b'"tables"'


class NotTables(ValueError):
    """What came is not of that form, or ended before its end."""


class RowReader:
    """Cuts rows out of what is fed to it; no more than one row is held back."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self._held = b""
        self._depth = 0
        self._said = b""
        self._table = ""
        self._has_ended = False

    def feed(self, piece: bytes) -> Iterator[Found]:
        """Give the tables and rows that this piece completes; raises `NotTables`."""
        data, self._held = self._held + piece, b""
        row_start, unfinished = 0, len(data)
        for token in _TOKEN.finditer(data):
            text = token.group()
            if text == b'"':
                unfinished = token.start()
                break
            if text[:1] == b'"':
                self._said = text
            elif text in b"{[":
                self._open(text)
                if self._depth == _AT_ROWS:
                    self._table = orjson.loads(self._said)
                    yield self._table, None
                elif self._depth == _IN_ROW:
                    row_start = token.start()
            else:
                self._depth -= 1
                self._has_ended = self._depth == 0
                if self._depth == _AT_ROWS:
                    yield self._table, data[row_start : token.end()]
        if self._depth >= _IN_ROW:
            unfinished, self._depth = row_start, _AT_ROWS
        self._held = data[unfinished:]
        if len(self._held) > LARGEST_ROW_BYTES:
            raise NotTables

    def finish(self) -> None:
        """Make sure that the whole of it came; raises `NotTables`."""
        if not self._has_ended:
            raise NotTables

    def _open(self, text: bytes) -> None:
        self._depth += 1
        is_wanted = {
            1: text == b"{",
            _AT_TABLES: text == b"{" and self._said == _TABLES,
            _AT_ROWS: text == b"[",
            _IN_ROW: text == b"{",
        }
        if self._has_ended or not is_wanted.get(self._depth, True):
            raise NotTables
