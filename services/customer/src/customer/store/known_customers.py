"""Customers whom some claims may concern: held or only read, with all that speaks of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.book import PEOPLE_COMPARED, KnownCustomer
from customer.domain.guard import Person
from customer.domain.judgements import Verdict
from customer.domain.linkage.traits import unpack
from customer.store.races import BookChangedMeanwhile
from customer.store.records_json import read_names, read_official_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    import asyncpg

# What is read beside a held row may be older than the row; then the row's version tells so.
_CUSTOMERS = """
WITH asked AS MATERIALIZED (
    SELECT r.id AS record_id, c.id, c.version
    FROM source_records r JOIN customers c ON c.id = r.customer_id
    WHERE r.id = ANY($1::uuid[])
), found AS MATERIALIZED (
    SELECT id, brand, legal_entity, home_region, created_at, version
    FROM customers WHERE id = ANY(ARRAY(SELECT id FROM asked)) {hold}
)
SELECT f.*, a.version_seen, a.record_ids, p.*
FROM found f
JOIN (SELECT id, version AS version_seen, array_agg(record_id) AS record_ids
      FROM asked GROUP BY id, version) AS a USING (id)
LEFT JOIN LATERAL (
    SELECT r.id AS record_id, r.normalised -> 'names' AS names,
           CAST(r.normalised ->> 'birth_date' AS date) AS birth_date,
           r.normalised -> 'official_ids' AS official_ids,
           r.normalised ?| ARRAY['emails', 'cards', 'accounts', 'official_ids'] AS tells_own_id,
           t.traits
    FROM (
        SELECT id, normalised FROM source_records WHERE customer_id = f.id
        ORDER BY observed_at DESC, id DESC LIMIT $2
    ) AS r
    LEFT JOIN record_traits t ON t.source_record_id = r.id
) AS p ON true
"""
_HOLD_CUSTOMERS = _CUSTOMERS.format(hold="ORDER BY id FOR UPDATE")
_READ_CUSTOMERS = _CUSTOMERS.format(hold="")
_LOOKS = 3

_KEPT_APART = """
SELECT DISTINCT r.customer_id AS one_id, o.customer_id AS other_id
FROM source_records r
JOIN kept_apart a ON a.source_record_id = r.id AND a.lifted_at IS NULL
JOIN kept_apart b ON b.judgement_id = a.judgement_id AND b.side > a.side
JOIN source_records o ON o.id = b.source_record_id
WHERE r.customer_id = ANY($1::text[]) AND o.customer_id = ANY($1::text[])
"""

_OWNERS = "SELECT customer_id FROM source_records WHERE id = ANY($1::uuid[]) ORDER BY id"

_JUDGED = """
SELECT left_id, right_id, verdict FROM judgements WHERE left_id = ANY($1::uuid[])
UNION ALL
SELECT left_id, right_id, verdict FROM judgements WHERE right_id = ANY($1::uuid[])
"""


async def owners_of(
    connection: asyncpg.Connection[asyncpg.Record], record_ids: Sequence[UUID]
) -> list[str]:
    """Name the customers of records, in the order of the records' ids; nobody is held."""
    rows = await connection.fetch(_OWNERS, record_ids)
    return [row["customer_id"] for row in rows]


async def read_owners(
    connection: asyncpg.Connection[asyncpg.Record], record_ids: Collection[UUID], *, hold: bool
) -> tuple[list[KnownCustomer], dict[UUID, str]]:
    """Read the customers of records, with what their newest records say; and whose is which.

    With `hold` they are held until the end of the transaction, by id; all is read again when one
    changed before it was held. Raises `BookChangedMeanwhile` when they change again and again.
    """
    if not record_ids:
        return [], {}
    query = _HOLD_CUSTOMERS if hold else _READ_CUSTOMERS
    for _ in range(_LOOKS):
        rows = await connection.fetch(query, list(record_ids), PEOPLE_COMPARED)
        if all(row["version"] == row["version_seen"] for row in rows):
            return _customers(rows)
    raise BookChangedMeanwhile


def _customers(rows: Sequence[asyncpg.Record]) -> tuple[list[KnownCustomer], dict[UUID, str]]:
    customers: dict[str, asyncpg.Record] = {}
    people: dict[str, list[Person]] = {}
    for row in rows:
        customers[row["id"]] = row
        known = people.setdefault(row["id"], [])
        if row["record_id"] is not None:
            known.append(_person(row))
    known_customers = [
        KnownCustomer(
            id=row["id"],
            brand=row["brand"],
            legal_entity=row["legal_entity"],
            home_region=row["home_region"],
            created_at=row["created_at"],
            version=row["version"],
            people=tuple(people[row["id"]]),
        )
        for row in customers.values()
    ]
    owners = {record_id: row["id"] for row in customers.values() for record_id in row["record_ids"]}
    return known_customers, owners


def _person(row: asyncpg.Record) -> Person:
    return Person(
        record_id=row["record_id"],
        names=read_names(row["names"]),
        birth_date=row["birth_date"],
        traits=unpack(row["traits"]) if row["traits"] is not None else None,
        official_ids=read_official_ids(row["official_ids"]),
        tells_own_id=row["tells_own_id"],
    )


async def read_kept_apart(
    connection: asyncpg.Connection[asyncpg.Record], customer_ids: Sequence[str]
) -> list[tuple[str, str]]:
    """Read which of these customers a person keeps apart."""
    if len(customer_ids) < 2:  # noqa: PLR2004 - a pair
        return []
    rows = await connection.fetch(_KEPT_APART, customer_ids)
    return [(row["one_id"], row["other_id"]) for row in rows]


async def read_judged(
    connection: asyncpg.Connection[asyncpg.Record], record_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID, Verdict]]:
    """Read what was concluded about these records before."""
    if not record_ids:
        return []
    rows = await connection.fetch(_JUDGED, record_ids)
    return [(row["left_id"], row["right_id"], Verdict(row["verdict"])) for row in rows]
