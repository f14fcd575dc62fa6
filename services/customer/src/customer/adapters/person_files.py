"""CSV and Parquet files of people, read line by line as source records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import duckdb

from customer.adapters.file_layouts import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ROWS_AT_ONCE = 5_000
_PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
_LISTS = {
    "email": "emails",
    "phone": "phones",
    "card": "cards",
    "account": "accounts",
    "device": "devices",
}
_ADDRESS = ("city", "region", "postcode")
_OFFICIAL_ID = "government_id"
_NOT_PLAIN = frozenset({*_LISTS, *_ADDRESS, "street", _OFFICIAL_ID})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_SHORT = frozenset(
    {
        *("birth_date", "birth_day", "birth_month", "birth_year", "gender", "postcode"),
        *(_OFFICIAL_ID, "company_registration_id", "vat_number"),
    }
)
_KEYS = frozenset({"external_id", "country", "channel", "brand", "legal_entity", "home_region"})
_SHORT_LENGTH, _LENGTH, _LONGEST_EXTRA = 64, 200, 500


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
        self.columns = [str(column[0]).strip() for column in described]

    def count(self) -> int:
        """Count the lines."""
        [(lines,)] = self._select("count(*)").fetchall()
        return int(lines)

    def cells(self, column: str) -> Iterator[str]:
        """Read the texts of one column, line by line; empty where nothing is told."""
        place = self.columns.index(column)
        rows = self._select("*")
        while chunk := rows.fetchmany(_ROWS_AT_ONCE):
            for row in chunk:
                yield _text(row[place])

    def read(
        self, layout: Layout, *, source: str, share: int = 0, shares: int = 1
    ) -> Iterator[Reading]:
        """Read the lines in their sequence; a CSV file's header is its first line.

        Of several shares, each has every n-th line.
        """
        reader = _LineReader(layout, source)
        line = 1 if self._is_parquet else 2
        rows = self._select("*")
        while chunk := rows.fetchmany(_ROWS_AT_ONCE):
            for row in chunk:
                if line % shares == share:
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

    def __init__(self, layout: Layout, source: str) -> None:
        self._constants = layout.constants
        self._source = source
        self._columns = [
            (name, [tuple(column.split("+")) for column in columns])
            for name, columns in layout.columns.items()
        ]

    def read(self, line: int, row: Mapping[str, object]) -> Reading:
        """Understand a line; what is too long for its field is kept aside, and remarked."""
        told = {
            name: values
            for name, columns in self._columns
            if (values := [text for cells in columns for text in _texts(cells, row)])
        }
        for name, constant in self._constants.items():
            told.setdefault(name, [constant])
        if "external_id" not in told:
            remark = Remark(line, "external_id", "is empty, so that the record has no name")
            return Reading(line, None, (remark,))
        long = _take_out_too_long(told)
        extra = {name: text for name, text in long.items() if name != _OFFICIAL_ID}
        body: dict[str, Any] = {"source": self._source}
        body |= {name: values[0] for name, values in told.items() if name not in _NOT_PLAIN}
        body |= {_LISTS[name]: values for name, values in told.items() if name in _LISTS}
        address: dict[str, Any] = {name: told[name][0] for name in _ADDRESS if name in told}
        if "street" in told:
            address["lines"] = told["street"]
        if address:
            body["addresses"] = [{**address, "country": body.get("country")}]
        if _OFFICIAL_ID in told:
            kind = _OFFICIAL_ID.replace("_", "-")
            body["official_ids"] = [{"kind": kind, "value": value} for value in told[_OFFICIAL_ID]]
        if extra:
            body["extra"] = extra
        kept = {True: "kept in `extra`, not used", False: "not kept"}
        remarks = [Remark(line, name, f"is too long: {kept[name in extra]}") for name in long]
        return Reading(line, body, tuple(remarks))


def _take_out_too_long(told: dict[str, list[str]]) -> dict[str, str]:
    """Take out values that the service would refuse the whole record for."""
    taken: dict[str, str] = {}
    for name in [name for name in told if name not in _KEYS]:
        longest = _SHORT_LENGTH if name in _SHORT else _LENGTH
        long = [value for value in told[name] if len(value) > longest]
        if not long:
            continue
        taken[name] = long[0][:_LONGEST_EXTRA]
        told[name] = [value for value in told[name] if len(value) <= longest]
        if not told[name]:
            del told[name]
    return taken


def _texts(cells: tuple[str, ...], row: Mapping[str, object]) -> list[str]:
    """Give the texts of a cell that may hold a list; of several cells, their words together."""
    first, *others = cells
    if others:
        joined = " ".join(text for cell in cells if (text := _text(row.get(cell))))
        return [joined] if joined else []
    value = row.get(first)
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return [text for one in values if (text := _text(one))]


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else _CONTROL.sub(" ", str(value)).strip()
