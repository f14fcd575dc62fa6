"""Opening the book: everything that a few claims may concern, read and held in a few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from chassis.database import driver
from customer.domain.book import (
    PEOPLE_COMPARED,
    Book,
    Holder,
    KnownCustomer,
    KnownRecord,
    share_too_much,
)
from customer.domain.claims import RecordKey
from customer.domain.guard import Person
from customer.domain.identifiers import LIMITS, Identifier, IdentifierKind
from customer.domain.judgements import Verdict
from customer.store.races import BookChangedMeanwhile
from customer.store.records_json import read_flags, read_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    import asyncpg

    from chassis.database import Transaction

_LOOKS = 3

_KNOWN_COLUMNS = """
    r.id, r.source, r.external_id, r.customer_id, r.content_hash, r.version, r.created_at,
    r.matched_on, r.flags"""

_KNOWN_RECORDS = f"""
SELECT {_KNOWN_COLUMNS}
FROM unnest(CAST(:sources AS text[]), CAST(:external_ids AS text[])) AS k (source, external_id)
JOIN source_records r USING (source, external_id)
"""  # noqa: S608 - made of constants

# One value more than its limit, and one for the record itself, tell that the value is crowded.
_LOOK_UP = f"""
SELECT NULL AS kind, NULL AS value, c.version AS customer_version, {_KNOWN_COLUMNS}
FROM unnest($1::text[], $2::text[]) AS k (source, external_id)
JOIN source_records r USING (source, external_id)
JOIN customers c ON c.id = r.customer_id
UNION ALL
SELECT w.kind, w.value, c.version, r.id, NULL, NULL, r.customer_id, NULL, NULL, NULL, NULL, NULL
FROM unnest($3::text[], $4::text[], $5::int[]) AS w (kind, value, bound)
CROSS JOIN LATERAL (
    SELECT i.source_record_id FROM identifiers i
    WHERE i.kind = w.kind AND i.value = w.value
    ORDER BY i.source_record_id LIMIT w.bound
) AS h
JOIN source_records r ON r.id = h.source_record_id
JOIN customers c ON c.id = r.customer_id
"""  # noqa: S608 - made of constants

_HOLD_CUSTOMERS = """
SELECT id, brand, legal_entity, home_region, created_at, version
FROM customers WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE
"""

_PEOPLE = """
SELECT c.id AS customer_id, r.id, r.normalised -> 'names' AS names,
       CAST(r.normalised ->> 'birth_date' AS date) AS birth_date
FROM unnest($1::text[]) AS c (id)
CROSS JOIN LATERAL (
    SELECT id, normalised FROM source_records WHERE customer_id = c.id
    ORDER BY observed_at DESC, id DESC LIMIT $2
) AS r
"""

_JUDGED = """
SELECT left_id, right_id, verdict FROM judgements WHERE left_id = ANY($1::uuid[])
UNION ALL
SELECT left_id, right_id, verdict FROM judgements WHERE right_id = ANY($1::uuid[])
"""


async def known_records(tx: Transaction, keys: Collection[RecordKey]) -> list[KnownRecord]:
    """Read the records that came before under these keys."""
    columns = {
        "sources": [key.source for key in keys],
        "external_ids": [key.external_id for key in keys],
    }
    rows = await tx.execute(text(_KNOWN_RECORDS), columns)
    return [_known_record(row) for row in rows.mappings()]


async def open_book(
    tx: Transaction, keys: Collection[RecordKey], identifiers: Sequence[Identifier]
) -> Book:
    """Read all that the keys and identifiers point to, and hold the customers until the end.

    The caller has locked the names of the keys and identifiers, so that none of them can be told
    by anybody else meanwhile. But their customers may be merged through other identifiers:
    customers are held (`FOR UPDATE`, by id), and all is read again if one changed before it was
    held. Customers who share a crowded value are left alone: nothing can come of it. Raises
    `BookChangedMeanwhile` when customers change again and again.
    """
    connection = await driver(tx)
    for _ in range(_LOOKS):
        rows = await _look_up(connection, keys, identifiers)
        holders = _holders(rows)
        crowded = {value for value, who in holders.items() if share_too_much(value, who, besides=1)}
        found = [row for row in rows if row["kind"] is None or _identifier(row) not in crowded]
        versions = {row["customer_id"]: row["customer_version"] for row in found}
        held = await connection.fetch(_HOLD_CUSTOMERS, list(versions)) if versions else []
        if all(versions[row["id"]] == row["version"] for row in held):
            break
    else:
        raise BookChangedMeanwhile
    known = [row for row in found if row["kind"] is None]
    return Book(
        records=[_known_record(dict(row.items())) for row in known],
        customers=await _read_customers(connection, held),
        holders={value: who for value, who in holders.items() if value not in crowded},
        crowded=crowded,
        judged=await _read_judged(connection, [row["id"] for row in known]),
    )


async def _look_up(
    connection: asyncpg.Connection[asyncpg.Record],
    keys: Collection[RecordKey],
    identifiers: Sequence[Identifier],
) -> list[asyncpg.Record]:
    return await connection.fetch(
        _LOOK_UP,
        [key.source for key in keys],
        [key.external_id for key in keys],
        [str(identifier.kind) for identifier in identifiers],
        [identifier.value for identifier in identifiers],
        [LIMITS[identifier.kind].records + 2 for identifier in identifiers],
    )


def _holders(rows: Iterable[asyncpg.Record]) -> dict[Identifier, list[Holder]]:
    holders: dict[Identifier, list[Holder]] = {}
    for row in rows:
        if row["kind"] is not None:
            holder = Holder(row["id"], row["customer_id"])
            holders.setdefault(_identifier(row), []).append(holder)
    return holders


def _identifier(row: asyncpg.Record) -> Identifier:
    return Identifier(IdentifierKind(row["kind"]), row["value"])


async def _read_customers(
    connection: asyncpg.Connection[asyncpg.Record], held: Sequence[asyncpg.Record]
) -> list[KnownCustomer]:
    if not held:
        return []
    people: dict[str, list[Person]] = {row["id"]: [] for row in held}
    for row in await connection.fetch(_PEOPLE, list(people), PEOPLE_COMPARED):
        person = Person(row["id"], read_names(row["names"]), row["birth_date"])
        people[row["customer_id"]].append(person)
    return [
        KnownCustomer(
            id=row["id"],
            brand=row["brand"],
            legal_entity=row["legal_entity"],
            home_region=row["home_region"],
            created_at=row["created_at"],
            version=row["version"],
            people=tuple(people[row["id"]]),
        )
        for row in held
    ]


async def _read_judged(
    connection: asyncpg.Connection[asyncpg.Record], record_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID, Verdict]]:
    if not record_ids:
        return []
    rows = await connection.fetch(_JUDGED, record_ids)
    return [(row["left_id"], row["right_id"], Verdict(row["verdict"])) for row in rows]


def _known_record(row: Mapping[Any, Any]) -> KnownRecord:
    return KnownRecord(
        id=row["id"],
        key=RecordKey(row["source"], row["external_id"]),
        customer_id=row["customer_id"],
        content_hash=row["content_hash"],
        version=row["version"],
        created_at=row["created_at"],
        matched_on=tuple(map(IdentifierKind, row["matched_on"])),
        flags=read_flags(row["flags"]),
    )
