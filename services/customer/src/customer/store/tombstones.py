"""Tombstones: by which an erased id, or an old copy of an erased record, is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from customer.domain.erasure import record_gone
from customer.store.tables.erasures import erased_customers, erased_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.claims import Claim

_FORGIVE = "DELETE FROM erased_records WHERE key_hash = ANY($1::bytea[])"


async def customer_erased_at(connection: AsyncConnection, customer_id: str) -> datetime | None:
    """Tell when an id was erased; None when it was not."""
    query = select(erased_customers.c.erased_at)
    return await connection.scalar(query.where(erased_customers.c.customer_id == customer_id))


async def record_erased_at(connection: AsyncConnection, key_hash: bytes) -> datetime | None:
    """Tell when the record of a hashed key was erased; None when it was not."""
    query = select(erased_records.c.erased_at)
    return await connection.scalar(query.where(erased_records.c.key_hash == key_hash))


async def erased_keys(connection: AsyncConnection) -> frozenset[bytes]:
    """Give the hashed keys of all records that were erased."""
    return frozenset(await connection.scalars(select(erased_records.c.key_hash)))


async def refuse_erased(
    connection: asyncpg.Connection[asyncpg.Record],
    claims: Iterable[Claim],
    erased: Mapping[bytes, datetime],
) -> None:
    """Refuse old copies of records that were erased; raises `RecordGone`.

    Of the claims no record is known, and their names are locked: an erasure that came first is
    among `erased`, one that comes later finds the record. Whoever says that the person came back
    since is let in, and the tombstone goes.
    """
    forgiven: list[bytes] = []
    for claim in claims:
        if claim.key_hash is None or claim.key_hash not in erased:
            continue
        if not claim.after_erasure:
            raise record_gone(erased[claim.key_hash])
        forgiven.append(claim.key_hash)
    if forgiven:
        await connection.execute(_FORGIVE, forgiven)
