"""Reading and writing API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Transaction
from gateway.domain.api_keys import ApiKey
from gateway.store.tables import api_keys


async def add(tx: Transaction, key: ApiKey) -> None:
    """Store a new key."""
    await tx.execute(insert(api_keys).values(_columns(key)))


async def add_unless_known(tx: Transaction, key: ApiKey) -> None:
    """Store a key unless there is one with its prefix."""
    await tx.execute(insert(api_keys).values(_columns(key)).on_conflict_do_nothing())


async def revoke(tx: Transaction, prefix: str, at: datetime) -> ApiKey | None:
    """Revoke a key, keeping the first instant when it was revoked before; None if unknown."""
    statement = (
        update(api_keys)
        .where(api_keys.c.prefix == prefix)
        .values(revoked_at=func.coalesce(api_keys.c.revoked_at, at))
        .returning(*api_keys.c)
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else _key(row)


async def all_keys(connection: AsyncConnection) -> list[ApiKey]:
    """Give every key, oldest first."""
    rows = await connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id))
    return [_key(row) for row in rows.mappings()]


async def active_keys(connection: AsyncConnection) -> list[ApiKey]:
    """Give the keys that open the door."""
    rows = await connection.execute(select(api_keys).where(api_keys.c.revoked_at.is_(None)))
    return [_key(row) for row in rows.mappings()]


async def version(connection: AsyncConnection) -> tuple[int, int]:
    """Count keys and revocations: both only grow, so together they change with every change."""
    statement = select(func.count(), func.count(api_keys.c.revoked_at)).select_from(api_keys)
    keys, revoked = (await connection.execute(statement)).one()
    return int(keys), int(revoked)


def _columns(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "client": key.client,
        "prefix": key.prefix,
        "secret_hash": key.secret_hash,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(
        id=row["id"],
        client=row["client"],
        prefix=row["prefix"],
        secret_hash=row["secret_hash"],
        scopes=frozenset(row["scopes"]),
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )
