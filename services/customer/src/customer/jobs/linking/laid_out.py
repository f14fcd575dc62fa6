"""A base laid out for linking: its records, blocking keys and identifiers as DuckDB tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from customer.domain.identifiers import LIMITS, Identifier, IdentifierKind
from customer.domain.linkage.blocking import BLOCK_CAP

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEMORY = "1500MB"
_ALL_PAIRS_OF = 100

_ALIKE = f"""
CREATE TABLE alike AS
SELECT DISTINCT a.number AS l, b.number AS r
FROM keys a JOIN keys b ON a.key = b.key AND a.number < b.number
WHERE a.key IN (
    SELECT key FROM keys GROUP BY key HAVING count(*) BETWEEN 2 AND {BLOCK_CAP})
ORDER BY l
"""  # noqa: S608 - made of constants

# A value of many holders joins them in a row: all pairs of a thousand would say nothing more.
_HELD = f"""
CREATE TABLE held AS
WITH crowds AS (
    SELECT kind, value, count(*) AS crowd FROM identifiers GROUP BY kind, value
    HAVING count(*) BETWEEN 2 AND {{limit}}
), ranked AS (
    SELECT i.kind, i.value, i.number, c.crowd,
           row_number() OVER (PARTITION BY i.kind, i.value ORDER BY i.number) AS place
    FROM identifiers i JOIN crowds c USING (kind, value)
)
SELECT a.kind, a.value, a.number AS l, b.number AS r
FROM ranked a JOIN ranked b ON a.kind = b.kind AND a.value = b.value AND a.place < b.place
WHERE a.crowd <= {_ALL_PAIRS_OF} OR b.place = a.place + 1
"""  # noqa: S608 - made of constants


# Told by more records than the limit of its kind.
_CROWDED = """
INSERT INTO idle SELECT kind, value, false FROM identifiers GROUP BY kind, value
HAVING count(*) > {limit}
"""


@dataclass(frozen=True, slots=True)
class Files:
    """CSV files of the same columns, with a header line each."""

    paths: list[str]
    columns: tuple[str, ...]


class LaidOutBase:
    """A DuckDB file in a folder; `open` gives a connection, read-only ones for several processes.

    Records are numbered in the order of their node ids, so that a pair is always met the same way.
    """

    def __init__(self, folder: Path) -> None:
        """Name the file; nothing is opened."""
        self.folder = folder
        self._file = folder / "base.duckdb"

    def take_in(self, *, records: Files, keys: Files, identifiers: Files) -> None:
        """Read CSV files with a header, and number the records; of one key the last line counts."""
        with self.open() as connection:
            connection.execute(
                f"""CREATE TABLE nodes AS
                SELECT CAST(row_number() OVER (ORDER BY node_id) - 1 AS INTEGER) AS number, *
                FROM (SELECT * FROM {_csv(records.columns)}
                      QUALIFY row_number() OVER (
                          PARTITION BY node_id ORDER BY CAST(line AS BIGINT) DESC) = 1)""",  # noqa: S608 - made of constants
                [records.paths],
            )
            for name, told in (("keys", keys), ("identifiers", identifiers)):
                shown = ", ".join(column for column in told.columns if column != "record_id")
                connection.execute(
                    f"""CREATE TABLE {name} AS SELECT {shown}, n.number
                    FROM {_csv(told.columns)} JOIN nodes n USING (record_id)""",  # noqa: S608 - as above
                    [told.paths],
                )
            connection.execute("CREATE TABLE idle (kind VARCHAR, value VARCHAR, blocked BOOLEAN)")

    def leave_out(self, blocked: Sequence[Identifier]) -> None:
        """Have identifiers say nothing, not even a little."""
        with self.open() as connection:
            for identifier in blocked:
                connection.execute(
                    "INSERT INTO idle VALUES ($1, $2, true)",
                    [identifier.kind.value, identifier.value],
                )

    def open(self, *, read_only: bool = False, threads: int | None = None) -> _Connection:
        """Open the file; its memory is bounded, what is larger goes to the folder."""
        return self._bounded(duckdb.connect(str(self._file), read_only=read_only), threads)

    def attached(self) -> _Connection:
        """Give a database in memory, of one thread, that reads the file as `base`."""
        connection = self._bounded(duckdb.connect(), threads=1)
        connection.execute(f"ATTACH '{self._file}' AS base (READ_ONLY)")
        return connection

    def _bounded(self, connection: _Connection, threads: int | None) -> _Connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute(f"SET temp_directory = '{self.folder / 'spill'}'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        if threads is not None:
            connection.execute(f"SET threads = {threads}")
        return connection

    def find_pairs(self) -> int:
        """Pair records that share a blocking key or an identifier; gives how many may be alike."""
        limits = " ".join(f"WHEN '{kind}' THEN {LIMITS[kind].records}" for kind in LIMITS)
        with self.open() as connection:
            connection.execute(_ALIKE)
            connection.execute(_HELD.format(limit=f"CASE kind {limits} END"))
            connection.execute(_CROWDED.format(limit=f"CASE kind {limits} END"))
            [(pairs,)] = connection.execute("SELECT count(*) FROM alike").fetchall()
        return int(pairs)


@dataclass(frozen=True, slots=True)
class Idle:
    """Identifiers that identify nobody: `crowded` ones say a little, blocked ones nothing."""

    everything: frozenset[Identifier]
    crowded: frozenset[Identifier]


def idle_identifiers(connection: duckdb.DuckDBPyConnection) -> Idle:
    """Read the identifiers that identify nobody."""
    rows = connection.execute("SELECT kind, value, blocked FROM idle").fetchall()
    told = [(Identifier(IdentifierKind(kind), value), blocked) for kind, value, blocked in rows]
    return Idle(
        everything=frozenset(identifier for identifier, _ in told),
        crowded=frozenset(identifier for identifier, blocked in told if not blocked),
    )


_Connection = duckdb.DuckDBPyConnection


def _csv(columns: tuple[str, ...]) -> str:
    """Give the SQL that reads a CSV file as PostgreSQL writes it; values may hold line ends."""
    kinds = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    return (
        "read_csv($1, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', parallel = false, columns = {{{kinds}}})"
    )
