"""Counting how good the records are, by set-based queries over the whole base.

Each query answers for every source and, with no source, for all: rows are source, measure, what
of, problem, count. Values are compared by 64-bit hashes, and nothing but counts comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from customer.domain.data_quality import MONTHS, MOST_RECORDS, MOST_SOURCES, Measure, Tally
from customer.domain.resemblance import LIKENESS
from customer.store.data_quality_fields import READINGS, VALUES, VALUES_OF_ADDRESSES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_WORK_MEMORY = text("SET LOCAL work_mem = '64MB'")

_SOURCES = """
SELECT source, count(*) FROM source_records GROUP BY GROUPING SETS ((source), ())
ORDER BY count(*) DESC, source
"""
_LISTED = "HAVING source IS NULL OR source = ANY(:sources)"
"""Of thousands of sources, such as tills, the largest alone are looked at one by one."""

_PRESENT = f"""
SELECT source,
       count(*) FILTER (WHERE matched_on <> '{{}}' AND matched_on <> '{{{
    LIKENESS
}}}') AS identified,
       count(*) FILTER (WHERE matched_on = '{{{LIKENESS}}}') AS alike,
       {
    ", ".join(
        f"count(*) FILTER (WHERE {one.told}) AS told_{field}, "
        f"count(*) FILTER (WHERE {one.usable}) AS usable_{field}"
        for field, one in READINGS.items()
    )
}
FROM source_records GROUP BY GROUPING SETS ((source), ()) {_LISTED}
"""  # noqa: S608 - our own words

_FIELD_OF_FLAG = """
CASE WHEN flag ->> 'field' IN ('birth_year', 'birth_month', 'birth_day') THEN 'birth_date'
     WHEN flag ->> 'field' LIKE 'given_name%' THEN 'given_name'
     WHEN flag ->> 'field' LIKE 'family_name%' THEN 'family_name'
     ELSE split_part(flag ->> 'field', '.', 1) END
"""
_FLAGGED = f"""
WITH flags AS (
    SELECT id, source, {_FIELD_OF_FLAG} AS field, flag ->> 'problem' AS problem
    FROM source_records CROSS JOIN jsonb_array_elements(flags) AS flag
    WHERE flags <> '[]'
)
SELECT source, '{Measure.FLAGGED}', field, '', count(DISTINCT id)
FROM flags GROUP BY GROUPING SETS ((source, field), (field)) {_LISTED}
UNION ALL
SELECT source, '{Measure.PROBLEM}', field, problem, count(*)
FROM flags GROUP BY GROUPING SETS ((source, field, problem), (field, problem)) {_LISTED}
"""  # noqa: S608 - our own words

_HELD = """
WITH held AS MATERIALIZED (
    SELECT {field} AS field, r.source, {hash} AS hash,
           min(r.customer_id) AS one, max(r.customer_id) AS other
    FROM {rows}
    GROUP BY GROUPING SETS ((1, 2, 3), (1, 3))
)
SELECT source, field, count(*), count(*) FILTER (WHERE one <> other)
FROM held GROUP BY source, field HAVING source IS NULL OR source = ANY(:sources)
"""
_IDENTIFIERS = _HELD.format(
    field="""CASE i.kind WHEN 'email' THEN 'emails' WHEN 'phone' THEN 'phones'
        WHEN 'card' THEN 'cards' WHEN 'account' THEN 'accounts' WHEN 'device' THEN 'devices'
        ELSE 'official_ids' END""",
    hash="hashtextextended(i.value, 0)",
    rows="identifiers i JOIN source_records r ON r.id = i.source_record_id",
)
_OTHER_VALUES = _HELD.format(
    field="v.field",
    hash="v.hash",
    rows=f"""source_records r CROSS JOIN LATERAL (
        VALUES {", ".join(VALUES)}
        UNION ALL
        SELECT of_address.* FROM jsonb_array_elements(r.normalised -> 'addresses') AS address
        CROSS JOIN LATERAL (VALUES {", ".join(VALUES_OF_ADDRESSES)}) AS of_address
    ) AS v (field, hash) WHERE v.hash IS NOT NULL""",  # noqa: S608 - our own words
)

_CUSTOMERS = f"""
WITH sizes AS (
    SELECT source, least(count(*), {MOST_RECORDS}) AS size
    FROM source_records GROUP BY GROUPING SETS ((source, customer_id), (customer_id))
)
SELECT source, '{Measure.CUSTOMERS}', size::text, '', count(*) FROM sizes
GROUP BY source, size {_LISTED}
"""  # noqa: S608 - our own words

_CANDIDATES = f"""
SELECT r.source, '{Measure.CANDIDATES}', '', '', count(DISTINCT c.id)
FROM match_candidates c
JOIN source_records r ON r.customer_id IN (c.left_customer_id, c.right_customer_id)
WHERE c.status IN ('open', 'skipped') GROUP BY GROUPING SETS ((source), ()) {_LISTED}
"""  # noqa: S608 - our own words

_MONTHS = f"""
WITH seen AS (
    SELECT source, date_trunc('month', observed_at, 'UTC') AS month FROM source_records
)
SELECT source, '{Measure.MONTH}',
       CASE WHEN month > date_trunc('month', now(), 'UTC') - interval '{MONTHS} months'
            THEN to_char(month AT TIME ZONE 'UTC', 'YYYY-MM') ELSE '' END AS shown,
       '', count(*)
FROM seen GROUP BY GROUPING SETS ((source, shown), (shown)) {_LISTED}
"""  # noqa: S608 - our own words


async def count_quality(connection: AsyncConnection) -> AsyncGenerator[Tally]:
    """Count everything, in one transaction whose statements see the same moment."""
    await connection.execute(_WORK_MEMORY)
    records: list[tuple[str | None, int]] = [
        (source, count) for source, count in await connection.execute(text(_SOURCES))
    ]
    for source, count in records:
        yield Tally(source, Measure.RECORDS, "", "", count)
    listed = {"sources": [source for source, _ in records if source is not None][:MOST_SOURCES]}
    for row in (await connection.execute(text(_PRESENT), listed)).mappings():
        source = row["source"]
        yield Tally(source, Measure.BY_IDENTIFIER, "", "", row["identified"])
        yield Tally(source, Measure.BY_LIKENESS, "", "", row["alike"])
        for field in READINGS:
            yield Tally(source, Measure.TOLD, field, "", row[f"told_{field}"])
            yield Tally(source, Measure.USABLE, field, "", row[f"usable_{field}"])
    for query in (_IDENTIFIERS, _OTHER_VALUES):
        for source, field, distinct, shared in await connection.execute(text(query), listed):
            yield Tally(source, Measure.DISTINCT, field, "", distinct)
            yield Tally(source, Measure.SHARED, field, "", shared)
    for query in (_FLAGGED, _CUSTOMERS, _CANDIDATES, _MONTHS):
        for source, measure, of, problem, count in await connection.execute(text(query), listed):
            yield Tally(source, Measure(measure), of, problem, count)


async def instant_of(connection: AsyncConnection) -> datetime:
    """Give the instant of a snapshot, by the database's clock."""
    return (await connection.execute(text("SELECT now()"))).scalar_one()
