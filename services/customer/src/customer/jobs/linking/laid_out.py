"""A base laid out for linking: its records, blocking keys and identifiers as DuckDB tables."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import duckdb

from customer.domain.identifiers import LIMITS, Identifier, IdentifierKind
from customer.domain.linkage.blocking import BLOCK_CAP
from customer.domain.linkage.traits import pack, unpack
from customer.domain.neighbourhood import without

if TYPE_CHECKING:
    from collections.abc import Collection

_ROWS_AT_ONCE = 10_000
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
    SELECT kind, value, count(*) AS crowd FROM identifiers ANTI JOIN silent USING (kind, value)
    GROUP BY kind, value HAVING count(*) > 1
), ranked AS (
    SELECT i.kind, i.value, i.number, c.crowd,
           row_number() OVER (PARTITION BY i.kind, i.value ORDER BY i.number) AS place
    FROM identifiers i JOIN crowds c USING (kind, value)
)
SELECT a.kind, a.value, a.number AS l, b.number AS r
FROM ranked a JOIN ranked b ON a.kind = b.kind AND a.value = b.value AND a.place < b.place
WHERE a.crowd <= {_ALL_PAIRS_OF} OR b.place = a.place + 1
"""  # noqa: S608 - made of constants

_SILENT = """
CREATE TABLE silent AS
SELECT kind, value, false AS blocked FROM identifiers
GROUP BY kind, value HAVING count(*) > CASE kind {limits} END
UNION SELECT unnest($1), unnest($2), true
"""
_CROWDED = """
CREATE TABLE crowded AS
SELECT i.number, list(i.kind || ':' || i.value) AS told FROM identifiers i
JOIN (SELECT kind, value FROM silent GROUP BY ALL HAVING NOT bool_or(blocked)) USING (kind, value)
GROUP BY i.number
"""
_TELL_SILENT = """
SELECT n.number, n.traits, list(i.kind), list(i.value)
FROM identifiers i JOIN silent USING (kind, value) JOIN nodes n USING (number)
GROUP BY n.number, n.traits
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

    def count(self) -> int:
        """Count the records."""
        with self.open() as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM nodes").fetchall()
        return int(count)

    def node_ids(self, record_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Give the node ids of records, by the ids that they have in the database."""
        with self.open() as connection:
            rows = connection.execute(
                "SELECT record_id, node_id FROM nodes WHERE record_id IN (SELECT unnest($1))",
                [[str(record_id) for record_id in record_ids]],
            ).fetchall()
        return {UUID(record_id): UUID(node_id) for record_id, node_id in rows}

    def silence(self, blocked: Collection[Identifier]) -> None:
        """Have values say nothing that are blocked, or that more records tell than may.

        They are taken out of what is compared of a record until `unsilence`, as at intake. The
        table `crowded` has of each record what is not blocked of it, and says a little still.
        """
        limits = " ".join(f"WHEN '{kind}' THEN {LIMITS[kind].records}" for kind in LIMITS)
        told = [[one.kind.value for one in blocked], [one.value for one in blocked]]
        with self.open() as connection:
            connection.execute(_SILENT.format(limits=limits), told)
            connection.execute(_CROWDED)
            rows = connection.cursor().execute(_TELL_SILENT)
            file = self.folder / "silenced.csv"
            with file.open("w", newline="") as out:
                silenced = csv.writer(out, lineterminator="\n")
                while chunk := rows.fetchmany(_ROWS_AT_ONCE):
                    for number, traits, kinds, values in chunk:
                        silent = set(map(Identifier, map(IdentifierKind, kinds), values))
                        silenced.writerow([number, traits, pack(without(unpack(traits), silent))])
            connection.execute(
                """CREATE TABLE silenced AS SELECT * FROM read_csv(
                    $1, auto_detect = false, delim = ',', quote = '"', escape = '"', header = false,
                    parallel = false,
                    columns = {'number': 'INTEGER', 'told': 'VARCHAR', 'left_over': 'VARCHAR'})""",
                [str(file)],
            )
            connection.execute(
                "UPDATE nodes SET traits = left_over FROM silenced s WHERE s.number = nodes.number"
            )

    def unsilence(self) -> None:
        """Give the records back what they told."""
        with self.open() as connection:
            connection.execute(
                "UPDATE nodes SET traits = told FROM silenced s WHERE s.number = nodes.number"
            )

    def find_pairs(self) -> int:
        """Pair records that share a blocking key or an identifier; gives how many may be alike."""
        with self.open() as connection:
            connection.execute(_ALIKE)
            connection.execute(_HELD)
            [(pairs,)] = connection.execute("SELECT count(*) FROM alike").fetchall()
        return int(pairs)


_Connection = duckdb.DuckDBPyConnection


def _csv(columns: tuple[str, ...]) -> str:
    """Give the SQL that reads a CSV file as PostgreSQL writes it; values may hold line ends."""
    kinds = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    return (
        "read_csv($1, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', parallel = false, columns = {{{kinds}}})"
    )
