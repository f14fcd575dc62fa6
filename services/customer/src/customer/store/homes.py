"""Where what is told of customers is at home: by source record, or by the id it was told with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from customer.domain.identifiers import IdentifierKind
from customer.domain.sights import Home

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.identifiers import Identifier

_OF_CUSTOMERS = """
SELECT customer_id, home_region, brand FROM source_records
WHERE customer_id = ANY(CAST(:ids AS text[]))
GROUP BY customer_id, home_region, brand
"""

_OF_RECORDS = """
SELECT id, customer_id, home_region, brand FROM source_records
WHERE id = ANY(CAST(:ids AS uuid[]))
"""

_OF_IDS = """
SELECT c.id, coalesce(a.survivor_id, c.id) AS customer_id, c.home_region, c.brand
FROM customers c LEFT JOIN customer_aliases a ON a.retired_id = c.id
WHERE c.id = ANY(CAST(:ids AS text[]))
"""

_BY_IDENTIFIERS = """
SELECT r.customer_id, n.kind, r.home_region, r.brand
FROM unnest(CAST(:kinds AS text[]), CAST(:values AS text[])) AS n (kind, value)
JOIN identifiers i ON i.kind = n.kind AND i.value = n.value
JOIN source_records r ON r.id = i.source_record_id
WHERE r.customer_id = ANY(CAST(:ids AS text[]))
GROUP BY r.customer_id, n.kind, r.home_region, r.brand
"""


class Dwelling(NamedTuple):
    """Whose something is at present, and where it is at home."""

    customer_id: str
    home: Home


async def homes_of(
    connection: AsyncConnection, customer_ids: Collection[str]
) -> dict[str, set[Home]]:
    """Give where the source records of customers are at home, by their present ids."""
    homes: dict[str, set[Home]] = {customer_id: set() for customer_id in customer_ids}
    for row in await connection.execute(text(_OF_CUSTOMERS), {"ids": list(homes)}):
        homes[row.customer_id].add(Home(row.home_region, row.brand))
    return homes


async def homes_by_identifiers(
    connection: AsyncConnection, identifiers: Collection[Identifier], customer_ids: Collection[str]
) -> dict[str, set[tuple[IdentifierKind, Home]]]:
    """Give by what kind of the identifiers records of customers are found, and their homes."""
    values = {
        "kinds": [str(one.kind) for one in identifiers],
        "values": [one.value for one in identifiers],
        "ids": list(customer_ids),
    }
    found: dict[str, set[tuple[IdentifierKind, Home]]] = {}
    for row in await connection.execute(text(_BY_IDENTIFIERS), values):
        home = Home(row.home_region, row.brand)
        found.setdefault(row.customer_id, set()).add((IdentifierKind(row.kind), home))
    return found


async def homes_of_records(
    connection: AsyncConnection, record_ids: Collection[UUID]
) -> dict[UUID, Dwelling]:
    """Give where source records are at home."""
    if not record_ids:
        return {}
    rows = await connection.execute(text(_OF_RECORDS), {"ids": list(record_ids)})
    return {row.id: Dwelling(row.customer_id, Home(row.home_region, row.brand)) for row in rows}


async def homes_of_ids(
    connection: AsyncConnection, customer_ids: Collection[str]
) -> dict[str, Dwelling]:
    """Give where customers were at home under each of their own ids, retired ones too."""
    if not customer_ids:
        return {}
    rows = await connection.execute(text(_OF_IDS), {"ids": list(customer_ids)})
    return {row.id: Dwelling(row.customer_id, Home(row.home_region, row.brand)) for row in rows}
