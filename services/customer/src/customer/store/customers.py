"""Customers as they are read: by any id they ever had, with the records that tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import text

from chassis.database import driver
from customer.domain.claims import Normalised, RecordKey
from customer.domain.sights import Home
from customer.domain.survivorship import TellingRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_NORMALISED = TypeAdapter(Normalised)

_FIND = """
SELECT c.id, c.brand, c.legal_entity, c.home_region, c.version, c.created_at, c.updated_at,
       a.retired_at AS asked_retired_at
FROM (SELECT CAST(:asked AS text) AS id) AS asked
LEFT JOIN customer_aliases a ON a.retired_id = asked.id
JOIN customers c ON c.id = coalesce(a.survivor_id, asked.id)
"""

_LIST = """
SELECT id, brand, legal_entity, home_region, version, created_at, updated_at,
       NULL AS asked_retired_at
FROM customers WHERE id = ANY(CAST(:ids AS text[]))
"""

_TELLING = """
SELECT c.id AS customer_id, r.id, r.source, r.external_id, r.channel, r.observed_at,
       r.home_region, r.brand, CAST(r.normalised AS text) AS normalised
FROM unnest($1::text[]) AS c (id)
CROSS JOIN LATERAL (
    SELECT id, source, external_id, channel, observed_at, home_region, brand, normalised
    FROM source_records WHERE customer_id = c.id
    ORDER BY observed_at DESC, id DESC LIMIT $2
) AS r
"""


@dataclass(frozen=True, slots=True)
class StoredCustomer:
    """A customer; `asked_retired_at` is set when it was found by an id that was retired."""

    id: str
    brand: str
    legal_entity: str
    home_region: str
    version: int
    created_at: datetime
    updated_at: datetime
    asked_retired_at: datetime | None


async def find_customer(connection: AsyncConnection, customer_id: str) -> StoredCustomer | None:
    """Find a customer by its id, or by one that was retired into it."""
    row = (await connection.execute(text(_FIND), {"asked": customer_id})).mappings().one_or_none()
    return None if row is None else StoredCustomer(**row)


async def list_customers(
    connection: AsyncConnection, customer_ids: Sequence[str]
) -> list[StoredCustomer]:
    """Give the customers in the order of their ids."""
    rows = (await connection.execute(text(_LIST), {"ids": list(customer_ids)})).mappings()
    found = {row["id"]: StoredCustomer(**row) for row in rows}
    return [found[customer_id] for customer_id in customer_ids]


async def telling_records(
    connection: AsyncConnection, customer_ids: Sequence[str], *, each: int
) -> dict[str, list[TellingRecord]]:
    """Give each customer's newest records."""
    told: dict[str, list[TellingRecord]] = {customer_id: [] for customer_id in customer_ids}
    below = await driver(connection)  # every read comes here: SQLAlchemy would cost twice as much
    for row in await below.fetch(_TELLING, list(customer_ids), each):
        told[row["customer_id"]].append(
            TellingRecord(
                id=row["id"],
                key=RecordKey(row["source"], row["external_id"]),
                observed_at=row["observed_at"],
                normalised=_NORMALISED.validate_json(row["normalised"]),
                channel=row["channel"],
                home=Home(row["home_region"], row["brand"]),
            )
        )
    return told
