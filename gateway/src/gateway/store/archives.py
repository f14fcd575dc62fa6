"""An export as one zip archive, built in a temporary file: each table as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from gateway.domain.csv_cells import cell

_IN_MEMORY_BYTES = 4 << 20
_PIECE_BYTES = 1 << 16


@dataclass
class _Table:
    """A table on its way into the archive: a row a line, and all columns in the order they came."""

    name: str
    lines: IO[bytes]
    columns: dict[str, None]
    rows: int = 0


class Archive:
    """Takes tables row by row; `close` it, whatever happens.

    Nothing here is asynchronous: call it in a thread.
    """

    def __init__(self, customer_id: str, made_at: datetime) -> None:
        """Begin an archive about a customer, by the shown form of the id that was asked for."""
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - see `close`
        self._zip = ZipFile(self._file, "w", ZIP_DEFLATED, compresslevel=1)
        self._made_at = made_at
        self._table: _Table | None = None
        self._part = ""
        self._parts: list[dict[str, Any]] = []
        self._customer_id = customer_id

    def begin_part(self, part: str) -> None:
        """Take the tables of this part from now on."""
        self._end_table()
        self._part = part
        self._parts.append({"part": part, "tables": []})

    def add(self, found: Iterator[tuple[str, bytes | None]]) -> None:
        """Take rows; a table begins where it comes without one."""
        for name, row in found:
            if row is None:
                self._end_table()
                lines = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - as above
                self._table = _Table(name, lines, {})
            elif self._table is not None:
                fields: dict[str, Any] = orjson.loads(row)
                self._table.columns |= dict.fromkeys(fields)
                self._table.lines.write(orjson.dumps(fields) + b"\n")
                self._table.rows += 1

    def finish(self) -> tuple[int, Iterator[bytes]]:
        """Write the manifest; gives the archive's size and its bytes, piece by piece."""
        self._end_table()
        manifest = {
            "format": 1,
            "customer_id": self._customer_id,
            "made_at": self._made_at.isoformat(),
            "parts": self._parts,
        }
        with self._entry("manifest.json") as entry:
            entry.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        self._zip.close()
        size = self._file.tell()
        self._file.seek(0)
        return size, self._pieces()

    def close(self) -> None:
        """Let go of the temporary files."""
        if self._table is not None:
            self._table.lines.close()
        self._zip.close()
        self._file.close()

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._file.read(_PIECE_BYTES):
            yield piece

    def _end_table(self) -> None:
        table, self._table = self._table, None
        if table is None:
            return
        path = f"{self._part}/{table.name}"
        with table.lines:
            table.lines.seek(0)
            with self._entry(f"{path}.json") as entry:
                _write_json(table, entry)
            table.lines.seek(0)
            with self._entry(f"{path}.csv") as entry:
                _write_csv(table, entry)
        described = {"name": table.name, "rows": table.rows}
        self._parts[-1]["tables"].append(described | {"json": f"{path}.json", "csv": f"{path}.csv"})

    def _entry(self, path: str) -> IO[bytes]:
        about = ZipInfo(path, self._made_at.timetuple()[:6])
        about.compress_type = ZIP_DEFLATED
        return self._zip.open(about, "w", force_zip64=True)


def _write_json(table: _Table, entry: IO[bytes]) -> None:
    before = b"["
    for line in table.lines:
        entry.write(before + line.rstrip(b"\n"))
        before = b",\n"
    entry.write(b"]\n" if table.rows else b"[]\n")


def _write_csv(table: _Table, entry: IO[bytes]) -> None:
    with io.TextIOWrapper(entry, encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow([cell(column) for column in table.columns])
        for line in table.lines:
            fields: dict[str, Any] = orjson.loads(line)
            writer.writerow([cell(fields.get(column)) for column in table.columns])
