"""CSV and Parquet files of people, read line by line as source records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import duckdb

from customer.adapters.file_layouts import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ROWS_AT_ONCE = 5_000
_PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
_COMPACT_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})\Z")
_ISO_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})([T ]00:00:00.*)?\Z")
_LATEST_ZONE = timedelta(hours=14)
_LISTS = {"email": "emails", "phone": "phones", "card": "cards"}
_ADDRESS = ("city", "region", "postcode")
_LONGEST_EXTRA = 500


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be told of a line."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as it was understood; without a `body` it is refused, and `remarks` say why."""

    line: int
    body: dict[str, Any] | None
    remarks: tuple[Remark, ...] = ()


class PersonFile:
    """A file of people; opening it raises what DuckDB raises."""

    def __init__(self, path: Path) -> None:
        """Read the header."""
        self._path = path
        self._is_parquet = path.suffix.lower() in _PARQUET_SUFFIXES
        self._connection = duckdb.connect()
        described = self._select("*").description or []
        self.columns = [str(column[0]) for column in described]

    def count(self) -> int:
        """Count the lines."""
        [(lines,)] = self._select("count(*)").fetchall()
        return int(lines)

    def read(self, layout: Layout, *, source: str) -> Iterator[Reading]:
        """Read the lines in their sequence; a CSV file's header is its first line."""
        reader = _LineReader(layout, source, today=(datetime.now(UTC) + _LATEST_ZONE).date())
        line = 1 if self._is_parquet else 2
        rows = self._select("*")
        while chunk := rows.fetchmany(_ROWS_AT_ONCE):
            for row in chunk:
                yield reader.read(line, dict(zip(self.columns, row, strict=True)))
                line += 1

    def _select(self, what: str) -> duckdb.DuckDBPyConnection:
        if self._is_parquet:
            query = f"SELECT {what} FROM read_parquet(?)"  # noqa: S608 - `what` is ours
        else:
            query = f"SELECT {what} FROM read_csv(?, all_varchar = true, header = true)"  # noqa: S608 - as above
        return self._connection.cursor().execute(query, [str(self._path)])


class _LineReader:
    """Reads lines of one layout."""

    def __init__(self, layout: Layout, source: str, *, today: date) -> None:
        self._layout = layout
        self._source = source
        self._today = today

    def read(self, line: int, row: Mapping[str, object]) -> Reading:
        """Understand a line; a birth date that cannot be one is kept as told, and remarked."""
        told = {
            name: values for name in self._layout.columns if (values := self._values(name, row))
        }
        for name, constant in self._layout.constants.items():
            told.setdefault(name, [constant])
        if "external_id" not in told:
            remark = Remark(line, "external_id", "is empty, so that the record has no name")
            return Reading(line, None, (remark,))
        body: dict[str, Any] = {"source": self._source}
        body |= {name: values[0] for name, values in told.items() if name not in _NOT_PLAIN}
        body |= {_LISTS[name]: values for name, values in told.items() if name in _LISTS}
        address: dict[str, Any] = {name: told[name][0] for name in _ADDRESS if name in told}
        if "street" in told:
            address["lines"] = told["street"]
        if address:
            body["addresses"] = [{**address, "country": body.get("country")}]
        return Reading(line, body, self._add_birth_date(line, told.get("birth_date"), body))

    def _add_birth_date(
        self, line: int, told: list[str] | None, body: dict[str, Any]
    ) -> tuple[Remark, ...]:
        if told is None:
            return ()
        birth_date = read_day(told[0])
        if birth_date is not None and birth_date <= self._today:
            body["birth_date"] = birth_date.isoformat()
            return ()
        body["extra"] = {"birth_date": told[0][:_LONGEST_EXTRA]}
        problem = "is in the future" if birth_date is not None else "is no day of the calendar"
        return (Remark(line, "birth_date", f"{told[0]!r} {problem}: kept as told, not used"),)

    def _values(self, name: str, row: Mapping[str, object]) -> list[str]:
        return [
            text
            for columns in self._layout.columns[name]
            for text in _texts(*(row.get(column) for column in columns.split("+")))
        ]


_NOT_PLAIN = frozenset({*_LISTS, *_ADDRESS, "street", "birth_date"})


def read_day(text: str) -> date | None:
    """Read a day written 1956-04-09 or 19560409; None when it is no day."""
    compact = _COMPACT_DAY.match(text)
    whole = _ISO_DAY.match(text)
    iso = "-".join(compact.groups()) if compact else whole.group(1) if whole else ""
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def _texts(*values: object) -> list[str]:
    """Give the texts of a cell that may hold a list; of several cells, their words together."""
    [first, *rest] = values
    if isinstance(first, list) and not rest:
        return [text for value in cast("list[object]", first) if (text := _text(value))]
    joined = " ".join(filter(None, map(_text, values)))
    return [joined] if joined else []


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value).strip()
