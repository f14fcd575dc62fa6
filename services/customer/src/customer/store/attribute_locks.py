"""Locks in the database: each hangs on the customer id that it was told with."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import insert, text, update

from customer.domain.attribute_locks import AttributeLock
from customer.domain.claims import Address, Gender
from customer.domain.sights import Home
from customer.domain.stewards import Steward
from customer.store.tables.golden import attribute_locks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_TYPES: Mapping[str, TypeAdapter[Any]] = {
    "birth_date": TypeAdapter(date),
    "gender": TypeAdapter(Gender),
    "addresses": TypeAdapter(Address),
}
_TEXT = TypeAdapter[Any](str)

_IN_FORCE = """
SELECT c.id AS customer_id, l.told_customer_id, l.attribute, CAST(l.value AS text) AS value,
       l.reason, l.locked_at, l.client_id, l.actor, o.home_region, o.brand
FROM unnest(CAST(:ids AS text[])) AS c (id)
CROSS JOIN LATERAL (
    SELECT c.id AS told UNION ALL SELECT retired_id FROM customer_aliases WHERE survivor_id = c.id
) AS t
JOIN attribute_locks l ON l.told_customer_id = t.told AND l.lifted_at IS NULL
JOIN customers o ON o.id = l.told_customer_id
"""


async def locks_of(
    connection: AsyncConnection, customer_ids: Sequence[str]
) -> dict[str, list[AttributeLock]]:
    """Give the locks of customers, and of those who were retired into them."""
    locks: dict[str, list[AttributeLock]] = {customer_id: [] for customer_id in customer_ids}
    rows = await connection.execute(text(_IN_FORCE), {"ids": list(customer_ids)})
    for row in rows.mappings():
        locks[row["customer_id"]].append(read_lock(row))
    return locks


async def insert_lock(tx: Transaction, lock_id: UUID, lock: AttributeLock) -> None:
    """Write a lock down."""
    value = _TYPES.get(lock.attribute, _TEXT).dump_python(lock.value, mode="json")
    await tx.execute(
        insert(attribute_locks).values(
            id=lock_id,
            told_customer_id=lock.told_customer_id,
            attribute=lock.attribute,
            value=value,
            reason=lock.reason,
            locked_at=lock.locked_at,
            client_id=lock.by.client_id,
            actor=lock.by.person,
        )
    )


async def lift_locks(
    tx: Transaction, attribute: str, told_with: Sequence[str], *, at: datetime, by: Steward
) -> int:
    """Lift an attribute's locks that were told with any of the ids; gives their number."""
    lifted = await tx.execute(
        update(attribute_locks)
        .where(
            attribute_locks.c.told_customer_id.in_(told_with),
            attribute_locks.c.attribute == attribute,
            attribute_locks.c.lifted_at.is_(None),
        )
        .values(
            value=None,
            lifted_at=at,
            lifted_by_client_id=by.client_id,
            lifted_by_actor=by.person,
        )
    )
    return lifted.rowcount


def read_lock(row: Any) -> AttributeLock:
    """Read a lock from a row with its columns, the value as JSON text."""
    return AttributeLock(
        told_customer_id=row["told_customer_id"],
        attribute=row["attribute"],
        value=_TYPES.get(row["attribute"], _TEXT).validate_json(row["value"]),
        reason=row["reason"],
        locked_at=row["locked_at"],
        by=Steward(row["client_id"], row["actor"]),
        home=Home(row["home_region"], row["brand"]),
    )
