"""Opening the book: everything that a few claims may concern, read and held in a few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from customer.domain.book import (
    Book,
    Holder,
    KnownRecord,
    share_too_much,
)
from customer.domain.claims import RecordKey
from customer.domain.identifiers import LIMITS, Identifier, IdentifierKind
from customer.domain.neighbourhood import Neighbourhood, leave_out
from customer.store.known_customers import (
    read_customers,
    read_judged,
    read_kept_apart,
)
from customer.store.linkage import find_near
from customer.store.races import BookChangedMeanwhile
from customer.store.records_json import read_flags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    import asyncpg

    from chassis.database import Transaction
    from customer.domain.neighbourhood import Portrait, Recogniser

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
SELECT 'key' AS found_by, NULL AS kind, NULL AS value, c.version AS customer_version,
       {_KNOWN_COLUMNS}
FROM unnest($1::text[], $2::text[]) AS k (source, external_id)
JOIN source_records r USING (source, external_id)
JOIN customers c ON c.id = r.customer_id
UNION ALL
SELECT 'identifier', w.kind, w.value, c.version, r.id, NULL, NULL, r.customer_id, NULL, NULL, NULL,
       NULL, NULL
FROM unnest($3::text[], $4::text[], $5::int[]) AS w (kind, value, bound)
CROSS JOIN LATERAL (
    SELECT i.source_record_id FROM identifiers i
    WHERE i.kind = w.kind AND i.value = w.value
    ORDER BY i.source_record_id LIMIT w.bound
) AS h
JOIN source_records r ON r.id = h.source_record_id
JOIN customers c ON c.id = r.customer_id
UNION ALL
SELECT 'likeness', NULL, NULL, c.version, r.id, NULL, NULL, r.customer_id, NULL, NULL, NULL, NULL,
       NULL
FROM source_records r JOIN customers c ON c.id = r.customer_id
WHERE r.id = ANY($6::uuid[])
UNION ALL
SELECT 'block', kind, value, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM unnest($3::text[], $4::text[]) AS w (kind, value)
JOIN blocked_identifiers USING (kind, value)
"""  # noqa: S608 - made of constants


async def known_records(tx: Transaction, keys: Collection[RecordKey]) -> list[KnownRecord]:
    """Read the records that came before under these keys."""
    columns = {
        "sources": [key.source for key in keys],
        "external_ids": [key.external_id for key in keys],
    }
    rows = await tx.execute(text(_KNOWN_RECORDS), columns)
    return [_known_record(row) for row in rows.mappings()]


async def open_book(
    connection: asyncpg.Connection[asyncpg.Record],
    keys: Collection[RecordKey],
    identifiers: Sequence[Identifier],
    portraits: Sequence[Portrait],
    recogniser: Recogniser,
    *,
    hold: bool = True,
) -> Book:
    """Read all that the claims point to or resemble, and hold the customers until the end.

    With `hold` false nobody is held or waited for: what is read may change at once.

    The caller has locked the names of the keys, identifiers and blocking keys, so that none of
    them can be told by anybody else meanwhile. But their customers may be merged through others:
    customers are held (`FOR UPDATE`, by id), and all is read again if one changed before it was
    held. Customers who share a crowded value are left alone: nothing can come of it. Raises
    `BookChangedMeanwhile` when customers change again and again.
    """
    near = await find_near(connection, portraits, recogniser)
    near_ids = {one.record_id for found in near.values() for one in found}
    for _ in range(_LOOKS):
        rows = await _look_up(connection, keys, identifiers, near_ids)
        holders = _holders(rows)
        crowded = {_identifier(row) for row in rows if row["found_by"] == "block"}
        crowded |= {
            value for value, who in holders.items() if share_too_much(value, who, besides=1)
        }
        distinct = leave_out(recogniser, near, crowded)
        resembling = {one.record_id for found in distinct.values() for one in found}
        found = [row for row in rows if _counts(row, crowded, resembling)]
        versions = {row["customer_id"]: row["customer_version"] for row in found}
        held = await read_customers(connection, versions, hold=hold)
        if {customer.id: customer.version for customer in held} == versions:
            break
    else:
        raise BookChangedMeanwhile
    known = [row for row in found if row["found_by"] == "key"]
    return Book(
        records=[_known_record(dict(row.items())) for row in known],
        customers=held,
        holders={value: who for value, who in holders.items() if value not in crowded},
        crowded=crowded,
        judged=await read_judged(connection, [row["id"] for row in known]),
        kept_apart=await read_kept_apart(connection, list(versions)),
        owners={row["id"]: row["customer_id"] for row in found if row["found_by"] == "likeness"},
        neighbourhood=Neighbourhood(recogniser, distinct),
    )


async def _look_up(
    connection: asyncpg.Connection[asyncpg.Record],
    keys: Collection[RecordKey],
    identifiers: Sequence[Identifier],
    near_ids: Collection[UUID],
) -> list[asyncpg.Record]:
    return await connection.fetch(
        _LOOK_UP,
        [key.source for key in keys],
        [key.external_id for key in keys],
        [str(identifier.kind) for identifier in identifiers],
        [identifier.value for identifier in identifiers],
        [LIMITS[identifier.kind].records + 2 for identifier in identifiers],
        list(near_ids),
    )


def _holders(rows: Iterable[asyncpg.Record]) -> dict[Identifier, list[Holder]]:
    holders: dict[Identifier, list[Holder]] = {}
    for row in rows:
        if row["found_by"] == "identifier":
            holder = Holder(row["id"], row["customer_id"])
            holders.setdefault(_identifier(row), []).append(holder)
    return holders


def _counts(
    row: asyncpg.Record, crowded: Collection[Identifier], resembling: Collection[UUID]
) -> bool:
    match row["found_by"]:
        case "identifier":
            return _identifier(row) not in crowded
        case "likeness":
            return row["id"] in resembling
        case found_by:
            return found_by == "key"


def _identifier(row: asyncpg.Record) -> Identifier:
    return Identifier(IdentifierKind(row["kind"]), row["value"])


def _known_record(row: Mapping[Any, Any]) -> KnownRecord:
    return KnownRecord(
        id=row["id"],
        key=RecordKey(row["source"], row["external_id"]),
        customer_id=row["customer_id"],
        content_hash=row["content_hash"],
        version=row["version"],
        created_at=row["created_at"],
        matched_on=tuple(row["matched_on"]),
        flags=read_flags(row["flags"]),
    )
