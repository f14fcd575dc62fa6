"""Tombstones: by which an erased id, or an old copy of an erased record, is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from chassis.database import driver
from customer.domain.erasure import record_gone
from customer.store.tables.erasures import erased_customers, erased_records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from customer.domain.claims import Claim

_ERASED = "SELECT key_hash, erased_at FROM erased_records WHERE key_hash = ANY($1::bytea[])"
_FORGIVE = "DELETE FROM erased_records WHERE key_hash = ANY($1::bytea[])"


async def customer_erased_at(connection: AsyncConnection, customer_id: str) -> datetime | None:
    """Tell when an id was erased; None when it was not."""
    query = select(erased_customers.c.erased_at)
    return await connection.scalar(query.where(erased_customers.c.customer_id == customer_id))


async def record_erased_at(connection: AsyncConnection, key_hash: bytes) -> datetime | None:
    """Tell when the record of a hashed key was erased; None when it was not."""
    query = select(erased_records.c.erased_at)
    return await connection.scalar(query.where(erased_records.c.key_hash == key_hash))


async def refuse_erased(tx: Transaction, claims: Iterable[Claim]) -> None:
    """Refuse old copies of records that were erased; raises `RecordGone`.

    Called when the customers of all records that are known are held: an erasure that came first
    is seen here, one that comes later finds the record. Whoever says that the person came back
    since is let in, and the tombstone goes.
    """
    new = {claim.key_hash: claim for claim in claims if claim.key_hash is not None}
    if not new:
        return
    connection = await driver(tx)
    forgiven: list[bytes] = []
    for row in await connection.fetch(_ERASED, list(new)):
        if not new[row["key_hash"]].after_erasure:
            raise record_gone(row["erased_at"])
        forgiven.append(row["key_hash"])
    if forgiven:
        await connection.execute(_FORGIVE, forgiven)
