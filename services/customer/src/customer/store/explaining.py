"""Reading what an explanation weighs: both sides' records, what they share, what was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, text

from customer.domain.book import PEOPLE_COMPARED
from customer.domain.explanation import Shared
from customer.domain.guard import Person
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.linkage.traits import unpack
from customer.store.match_candidate_rows import StoredJudgement, read_judgement
from customer.store.records_json import read_names, read_official_ids
from customer.store.rulings import read_ruling
from customer.store.tables.book import judgements
from customer.store.tables.stewardship import rulings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.rulings import Ruling

RECORDS_WEIGHED = 1000
_SHARED_SHOWN = 50
_JUDGEMENTS_SHOWN = 20
_JUDGEMENTS_WALKED = 5000

_NEWEST = """
SELECT id FROM source_records WHERE customer_id = :customer_id
ORDER BY observed_at DESC, id DESC LIMIT :bound
"""

_PEOPLE = """
SELECT r.id, r.normalised -> 'names' AS names,
       CAST(r.normalised ->> 'birth_date' AS date) AS birth_date,
       r.normalised -> 'official_ids' AS official_ids,
       r.normalised ?| ARRAY['emails', 'cards', 'accounts', 'official_ids'] AS tells_own_id,
       t.traits
FROM source_records r LEFT JOIN record_traits t ON t.source_record_id = r.id
WHERE r.id = ANY(CAST(:ids AS uuid[]))
ORDER BY r.observed_at DESC, r.id DESC LIMIT :bound
"""

_SHARED = """
SELECT i.kind, i.value, n.customers, n.records, EXISTS (
    SELECT FROM blocked_identifiers b WHERE b.kind = i.kind AND b.value = i.value) AS is_blocked
FROM (
    SELECT kind, value FROM identifiers WHERE source_record_id = ANY(CAST(:left AS uuid[]))
    INTERSECT
    SELECT kind, value FROM identifiers WHERE source_record_id = ANY(CAST(:right AS uuid[]))
    LIMIT :bound
) AS i
CROSS JOIN LATERAL (
    SELECT count(DISTINCT r.customer_id) AS customers, count(*) AS records
    FROM (
        SELECT source_record_id FROM identifiers h
        WHERE h.kind = i.kind AND h.value = i.value LIMIT :counted
    ) AS h JOIN source_records r ON r.id = h.source_record_id
) AS n
"""

_SAME = """
SELECT id, left_id, right_id FROM judgements
WHERE verdict = 'same' AND left_id = ANY(CAST(:ids AS uuid[]))
  AND right_id = ANY(CAST(:ids AS uuid[]))
LIMIT :bound
"""

_BETWEEN = """
SELECT * FROM judgements
WHERE (left_id = ANY(CAST(:left AS uuid[])) AND right_id = ANY(CAST(:right AS uuid[])))
   OR (left_id = ANY(CAST(:right AS uuid[])) AND right_id = ANY(CAST(:left AS uuid[])))
ORDER BY judged_at DESC, id DESC LIMIT :bound
"""


async def newest_of(connection: AsyncConnection, customer_id: str) -> list[UUID]:
    """Name the newest records of a customer, as many as are weighed."""
    values = {"customer_id": customer_id, "bound": RECORDS_WEIGHED}
    return list((await connection.execute(text(_NEWEST), values)).scalars())


async def people_of(connection: AsyncConnection, record_ids: Sequence[UUID]) -> list[Person]:
    """Give what the newest of some records say of the person."""
    values = {"ids": list(record_ids), "bound": PEOPLE_COMPARED}
    rows = (await connection.execute(text(_PEOPLE), values)).mappings()
    return [
        Person(
            record_id=row["id"],
            names=read_names(row["names"]),
            birth_date=row["birth_date"],
            traits=unpack(row["traits"]) if row["traits"] is not None else None,
            official_ids=read_official_ids(row["official_ids"]),
            tells_own_id=row["tells_own_id"],
        )
        for row in rows
    ]


async def shared_between(
    connection: AsyncConnection, left: Sequence[UUID], right: Sequence[UUID]
) -> list[Shared]:
    """Give the identifiers that records of both sides carry, and how many carry them."""
    values = {
        "left": list(left),
        "right": list(right),
        "bound": _SHARED_SHOWN,
        "counted": RECORDS_WEIGHED + 1,
    }
    rows = await connection.execute(text(_SHARED), values)
    return [
        Shared(
            Identifier(IdentifierKind(row.kind), row.value),
            row.customers,
            row.records,
            row.is_blocked,
        )
        for row in rows
    ]


async def judged_same(
    connection: AsyncConnection, record_ids: Sequence[UUID]
) -> dict[UUID, tuple[UUID, UUID]]:
    """Give the judgements within some records that say "same", with their pairs."""
    values = {"ids": list(record_ids), "bound": _JUDGEMENTS_WALKED}
    rows = await connection.execute(text(_SAME), values)
    return {row.id: (row.left_id, row.right_id) for row in rows}


async def judged_between(
    connection: AsyncConnection, left: Sequence[UUID], right: Sequence[UUID]
) -> list[StoredJudgement]:
    """Give what was judged of pairs across two sides, the newest first."""
    values = {"left": list(left), "right": list(right), "bound": _JUDGEMENTS_SHOWN}
    rows = (await connection.execute(text(_BETWEEN), values)).mappings()
    return [read_judgement(row) for row in rows]


async def judgements_by_id(
    connection: AsyncConnection, judgement_ids: Sequence[UUID]
) -> list[StoredJudgement]:
    """Give judgements in the order of their ids as asked."""
    query = select(judgements).where(judgements.c.id.in_(judgement_ids))
    rows = (await connection.execute(query)).mappings()
    found = {row["id"]: read_judgement(row) for row in rows}
    return [found[judgement_id] for judgement_id in judgement_ids]


async def rulings_by_id(connection: AsyncConnection, judgement_ids: Sequence[UUID]) -> list[Ruling]:
    """Give rulings, the newest first."""
    query = (
        select(rulings)
        .where(rulings.c.judgement_id.in_(judgement_ids))
        .order_by(rulings.c.ruled_at.desc())
    )
    return [read_ruling(row) for row in (await connection.execute(query)).mappings()]
