"""Turning what was read and linked into one CSV file for each table, in the order of its index."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.global_ids import new_global_id, show_global_id
from chassis.outbox import outbox_row
from customer.events import CustomerCreated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from customer.jobs.linking.laid_out import LaidOutBase

_ROWS_AT_ONCE = 50_000

_FIRSTS = """
CREATE TABLE firsts AS
SELECT b.first, count(*) AS records, min(CAST(n.line AS BIGINT)) AS line,
       arg_min(n.record_id, CAST(n.line AS BIGINT)) AS record_id,
       arg_min(n.brand, CAST(n.line AS BIGINT)) AS brand,
       arg_min(n.legal_entity, CAST(n.line AS BIGINT)) AS legal_entity,
       arg_min(n.home_region, CAST(n.line AS BIGINT)) AS home_region,
       arg_min(n.channel, CAST(n.line AS BIGINT)) AS channel
FROM nodes n JOIN belongs b USING (number) GROUP BY b.first
"""
_OWNERS = """
CREATE TABLE owners AS SELECT * FROM read_csv(
    $1, auto_detect = false, delim = ',', header = false,
    columns = {'first': 'INTEGER', 'customer_id': 'VARCHAR'})
"""
_MATCHED = """
CREATE TABLE matched AS
SELECT number, '{' || string_agg(DISTINCT kind, ',') || '}' AS kinds FROM (
    SELECT number, unnest(string_split(matched_on, ',')) AS kind FROM (
        SELECT l AS number, matched_on FROM because
        UNION ALL SELECT r, matched_on FROM because)
) GROUP BY number
"""
_MOMENT = "strftime(CAST('{at}' AS TIMESTAMP) + to_microseconds({line}), '%Y-%m-%d %H:%M:%S.%f+00')"

_TABLES = {
    "customers": """
        SELECT o.customer_id, f.brand, f.legal_entity, f.home_region, f.records,
               {created}, {now}, NULL
        FROM firsts f JOIN owners o USING (first) ORDER BY o.customer_id""",
    "source_records": """
        SELECT n.record_id, n.source, n.external_id, o.customer_id, n.channel, n.store, n.country,
               n.language, n.brand, n.legal_entity, n.home_region, n.raw, n.normalised, n.flags,
               CASE WHEN n.record_id = f.record_id THEN '{{}}' ELSE coalesce(m.kinds, '{{}}') END,
               n.content_hash, 1, n.observed_at, {now}, {now}
        FROM nodes n JOIN belongs b USING (number) JOIN owners o ON o.first = b.first
        JOIN firsts f ON f.first = b.first LEFT JOIN matched m USING (number)""",
    "identifiers": """
        SELECT DISTINCT i.kind, i.value, n.record_id
        FROM identifiers i JOIN nodes n USING (number) ORDER BY ALL""",
    "search_keys": """
        SELECT k.kind, k.key, k.record_id FROM read_csv({search_keys}, auto_detect = false,
            delim = ',', quote = '"', escape = '"', header = true, columns = {{
                'kind': 'VARCHAR', 'key': 'VARCHAR', 'record_id': 'VARCHAR'}}) k
        SEMI JOIN nodes n USING (record_id) ORDER BY ALL""",
    "record_traits": "SELECT record_id, traits, key_array FROM nodes",
    "blocking_keys": """
        SELECT CAST(k.key AS BIGINT) AS key, n.record_id
        FROM keys k JOIN nodes n USING (number) ORDER BY ALL""",
    "judgements": """
        SELECT uuid(), least(a.record_id, b.record_id), greatest(a.record_id, b.record_id), 'same',
               w.judge, w.rule, w.evidence, {now}
        FROM because w JOIN nodes a ON a.number = w.l JOIN nodes b ON b.number = w.r""",
}


def assemble(base: LaidOutBase, search_keys: Sequence[Path], *, at: datetime) -> dict[str, Path]:
    """Give each new customer an id, and write a CSV file for every table; gives the files."""
    with base.open() as connection:
        connection.execute(_FIRSTS)
        files = {"outbox": base.folder / "outbox.csv"}
        owners = base.folder / "owners.csv"
        _announce(connection, owners, files["outbox"], at)
        connection.execute(_OWNERS, [str(owners)])
        connection.execute(_MATCHED)
        told = at.strftime("%Y-%m-%d %H:%M:%S.%f")
        parts = {
            "now": _MOMENT.format(at=told, line=0),
            "created": _MOMENT.format(at=told, line="f.line"),
            "search_keys": str([str(file) for file in search_keys]),
        }
        for table, query in _TABLES.items():
            files[table] = base.folder / f"load-{table}.csv"
            connection.execute(
                f"COPY ({query.format(**parts)}) TO '{files[table]}' (FORMAT csv, HEADER false)"
            )
    return files


def _announce(connection: DuckDBPyConnection, owners: Path, outbox: Path, at: datetime) -> None:
    """Draw an id for every customer, and write the fact that it was created."""
    rows = connection.execute("SELECT first, record_id, brand, home_region, channel FROM firsts")
    with owners.open("w") as ids, outbox.open("w", newline="") as facts:
        writer = csv.writer(facts)
        while chunk := rows.fetchmany(_ROWS_AT_ONCE):
            for first, record_id, brand, home_region, channel in chunk:
                customer_id = new_global_id()
                ids.write(f"{first},{customer_id}\n")
                event = CustomerCreated(
                    customer_id=customer_id,
                    source_record_id=UUID(record_id),
                    brand=brand,
                    home_region=home_region,
                    channel=channel,
                    created_at=at,
                )
                key = show_global_id(customer_id)
                writer.writerow(outbox_row(event, key=key, sequence=1, at=at)[:7])
