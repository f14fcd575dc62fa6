"""Finding customers by an identifier or by beginnings of keys; every scan and list is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from customer.domain.identifiers import IdentifierKind
from customer.domain.search_keys import is_unspaced
from customer.domain.search_readings import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.identifiers import Identifier
    from customer.domain.search_terms import Term

_LAST_CHARACTER = "\U0010ffff"
_BETWEEN_PATTERNS = "\x1f"
_IDENTIFIER_KINDS = frozenset(map(str, IdentifierKind))

_BY_IDENTIFIER = """
SELECT DISTINCT r.customer_id
FROM identifiers i JOIN source_records r ON r.id = i.source_record_id
WHERE i.kind = :kind AND i.value = :value AND r.customer_id > :after
ORDER BY r.customer_id LIMIT :bound
"""

# One lower bound alone: with a second, PostgreSQL begins at the first of them.
_BY_NAME = """
SELECT k.key, k.source_record_id, r.customer_id
FROM search_keys k JOIN source_records r ON r.id = k.source_record_id
WHERE k.kind = 'name' AND k.key < :last
  AND (k.key, k.source_record_id) > (:after_key, CAST(:after_record AS uuid))
ORDER BY k.key, k.source_record_id LIMIT :bound
"""

# A record has a dozen names at most. Its number says nothing of them to who may not see them.
_NUMBER_OF_NAME = """
SELECT count(*) FROM search_keys
WHERE source_record_id = :record AND kind = 'name' AND key < :key
"""
_NAME_OF_NUMBER = """
SELECT key FROM search_keys WHERE source_record_id = :record AND kind = 'name'
ORDER BY key OFFSET :number LIMIT 1
"""

_READINGS = """
    unnest(CAST(:places AS int[]), CAST(:terms AS int[]), CAST(:kinds AS text[]),
           CAST(:lows AS text[]), CAST(:highs AS text[]), CAST(:patterns AS text[]))
        AS q (place, term, kind, low, high, patterns)"""

# Of each reading so many keys are looked at, in their order, which has whole words first; of those
# that fit, the youngest records are given. Only then is anything joined.
_KEYS = f"""
SELECT q.place, q.term, k.key, k.source_record_id
FROM {_READINGS}
CROSS JOIN LATERAL (
    SELECT key, source_record_id FROM (
        SELECT key, source_record_id FROM search_keys
        WHERE kind = q.kind AND key >= q.low AND key < q.high
        ORDER BY key LIMIT :looked_at
    ) AS w
    WHERE ' ' || key LIKE ALL (string_to_array(q.patterns, '{_BETWEEN_PATTERNS}'))
    ORDER BY (key = q.low OR starts_with(key, q.low || ' ')) DESC, source_record_id DESC
    LIMIT :each
) AS k
UNION ALL
SELECT q.place, q.term, i.value, i.source_record_id
FROM {_READINGS}
CROSS JOIN LATERAL (
    SELECT value, source_record_id FROM identifiers
    WHERE kind = q.kind AND value >= q.low AND value < q.high
    ORDER BY value LIMIT :each
) AS i"""  # noqa: S608 - made of constants

_FIND = f"""
SELECT h.place, h.key, h.source_record_id, r.customer_id
FROM ({_KEYS}) AS h
JOIN source_records r ON r.id = h.source_record_id
UNION ALL
SELECT q.place, c.id, NULL, coalesce(a.survivor_id, c.id)
FROM {_READINGS}
CROSS JOIN LATERAL (
    SELECT id FROM customers WHERE q.kind = 'customer' AND id >= q.low AND id < q.high
    ORDER BY id LIMIT :each
) AS c
LEFT JOIN customer_aliases a ON a.retired_id = c.id
"""  # noqa: S608 - made of constants

# The first term names candidates; those remain whose records, together, have every term.
_NARROW = f"""
WITH candidates AS (
    SELECT DISTINCT r.customer_id
    FROM ({_KEYS}) AS h JOIN source_records r ON r.id = h.source_record_id
    WHERE h.term = 0
)
SELECT c.customer_id, f.newest, f.places
FROM candidates c
CROSS JOIN LATERAL (
    SELECT count(DISTINCT q.term) AS terms, array_agg(DISTINCT q.place) AS places,
           max(CAST(k.source_record_id AS text)) AS newest
    FROM (SELECT id FROM source_records WHERE customer_id = c.customer_id
          ORDER BY observed_at DESC, id DESC LIMIT :records_each) AS r
    CROSS JOIN LATERAL (
        SELECT kind, key, source_record_id FROM search_keys WHERE source_record_id = r.id
        UNION ALL
        SELECT kind, value, source_record_id FROM identifiers
        WHERE source_record_id = r.id AND :among_identifiers
    ) AS k
    JOIN {_READINGS} ON k.kind = q.kind AND k.key >= q.low AND k.key < q.high
) AS f
WHERE f.terms = :terms_told
ORDER BY f.newest DESC LIMIT :bound
"""  # noqa: S608 - made of constants

# A walk from each word to the next other one, by the index: of the first words, or of whole keys.
_WORDS = """
WITH RECURSIVE walk AS (
    (SELECT split_part(key, ' ', 1) COLLATE "C" AS word FROM search_keys
     WHERE kind = :kind AND key >= :low AND key < :high ORDER BY key LIMIT 1)
    UNION ALL
    SELECT (SELECT split_part(key, ' ', 1) COLLATE "C" FROM search_keys
            WHERE kind = :kind AND key >= walk.word || '!' AND key < :high
            ORDER BY key LIMIT 1)
    FROM walk WHERE walk.word IS NOT NULL
)
SELECT word FROM walk WHERE word IS NOT NULL LIMIT :bound
"""


@dataclass(frozen=True, slots=True)
class NameHit:
    """A name that begins as was typed, and whose it is."""

    key: str
    source_record_id: UUID
    customer_id: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A key that fits a reading, and whose it is; a customer's id has no record."""

    reading: Reading
    key: str
    source_record_id: UUID | None
    customer_id: str


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A customer whose records have every term, and by which readings."""

    customer_id: str
    newest: UUID
    readings: tuple[Reading, ...]


FIRST_RECORD = UUID(int=0)


async def customers_by_identifier(
    connection: AsyncConnection, identifier: Identifier, *, after: str, limit: int
) -> list[str]:
    """Give ids of customers who have an identifier, by id."""
    values = {
        "kind": str(identifier.kind),
        "value": identifier.value,
        "after": after,
        "bound": limit,
    }
    return list((await connection.execute(text(_BY_IDENTIFIER), values)).scalars())


async def names_beginning_with(
    connection: AsyncConnection, beginning: str, *, after: tuple[str, UUID], limit: int
) -> list[NameHit]:
    """Give names that begin so, in their order; one customer may have several."""
    after_key, after_record = max(after, (beginning, FIRST_RECORD))
    values = {
        "last": beginning + _LAST_CHARACTER,
        "after_key": after_key,
        "after_record": after_record,
        "bound": limit,
    }
    rows = await connection.execute(text(_BY_NAME), values)
    return [NameHit(row.key, row.source_record_id, row.customer_id) for row in rows]


async def number_of_name(connection: AsyncConnection, hit: NameHit) -> int:
    """Count a record's names before the one that was hit."""
    values = {"record": hit.source_record_id, "key": hit.key}
    return int(await connection.scalar(text(_NUMBER_OF_NAME), values) or 0)


async def name_of_number(connection: AsyncConnection, record_id: UUID, number: int) -> str | None:
    """Give a record's name again by its number; None when the record has fewer by now."""
    values = {"record": record_id, "number": number}
    return await connection.scalar(text(_NAME_OF_NUMBER), values)


async def find_keys(
    connection: AsyncConnection, readings: Sequence[Reading], *, looked_at: int, each: int
) -> list[Hit]:
    """Give keys that fit any of the readings, at most `each` of one."""
    values = {**_columns([(0, reading) for reading in readings]), "looked_at": looked_at}
    rows = await connection.execute(text(_FIND), {**values, "each": each})
    return [
        Hit(readings[int(row.place)], row.key, row.source_record_id, row.customer_id)
        for row in rows
    ]


async def narrow(
    connection: AsyncConnection, terms: Sequence[Term], *, looked_at: int, records: int, limit: int
) -> list[Narrowed]:
    """Give customers who have every term, among those who have the first; the youngest first."""
    told = [(place, reading) for place, term in enumerate(terms) for reading in term.readings]
    values = {
        **_columns(told),
        "looked_at": looked_at,
        "each": looked_at,
        "records_each": records,
        "among_identifiers": any(reading.kind in _IDENTIFIER_KINDS for _, reading in told),
        "terms_told": len(terms),
        "bound": limit,
    }
    rows = await connection.execute(text(_NARROW), values)
    return [
        Narrowed(
            row.customer_id, UUID(row.newest), tuple(told[int(place)][1] for place in row.places)
        )
        for row in rows
    ]


async def words_beginning_with(
    connection: AsyncConnection, kind: str, beginning: str, *, limit: int
) -> list[str]:
    """Give the different words with which keys of a kind begin, in their order."""
    values = {
        "kind": kind,
        "low": beginning,
        "high": beginning + _LAST_CHARACTER,
        "bound": limit,
    }
    return list((await connection.execute(text(_WORDS), values)).scalars())


def _columns(readings: Sequence[tuple[int, Reading]]) -> dict[str, Any]:
    return {
        "places": list(range(len(readings))),
        "terms": [term for term, _ in readings],
        "kinds": [str(reading.kind) for _, reading in readings],
        "lows": [reading.low for _, reading in readings],
        "highs": [reading.low + _LAST_CHARACTER for _, reading in readings],
        "patterns": [_BETWEEN_PATTERNS.join(map(_pattern, r.others)) for _, r in readings],
    }


def _pattern(word: str) -> str:
    """Look for a word's beginning, or for it anywhere in a script without spaces."""
    return f"%{word}%" if is_unspaced(word) else f"% {word}%"
