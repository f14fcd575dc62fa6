"""Blocked identifiers as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from customer.domain.identifiers import Identifier, IdentifierKind
from customer.store.tables.linkage import blocked_identifiers

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


@dataclass(frozen=True, slots=True)
class BlockedIdentifier:
    """A value that identifies nobody, who said so and why."""

    id: UUID
    identifier: Identifier
    reason: str
    blocked_by: str
    blocked_at: datetime


async def block(tx: Transaction, blocked: BlockedIdentifier) -> BlockedIdentifier:
    """Keep a blocked value; one that is blocked already stays as it is, and is given."""
    statement = (
        insert(blocked_identifiers)
        .values(
            id=blocked.id,
            kind=str(blocked.identifier.kind),
            value=blocked.identifier.value,
            reason=blocked.reason,
            blocked_by=blocked.blocked_by,
            blocked_at=blocked.blocked_at,
        )
        .on_conflict_do_nothing()
    )
    await tx.execute(statement)
    query = select(blocked_identifiers).where(
        blocked_identifiers.c.kind == str(blocked.identifier.kind),
        blocked_identifiers.c.value == blocked.identifier.value,
    )
    row = (await tx.execute(query)).one()
    return _blocked(*row)


async def unblock(tx: Transaction, blocked_id: UUID) -> bool:
    """Forget that a value is blocked; tells whether it was."""
    statement = delete(blocked_identifiers).where(blocked_identifiers.c.id == blocked_id)
    return (await tx.execute(statement)).rowcount == 1


async def list_blocked(
    connection: AsyncConnection, *, after: UUID | None, limit: int
) -> list[BlockedIdentifier]:
    """List the blocked values, that blocked first first."""
    query = select(blocked_identifiers).order_by(blocked_identifiers.c.id).limit(limit)
    if after is not None:
        query = query.where(blocked_identifiers.c.id > after)
    return [_blocked(*row) for row in await connection.execute(query)]


def _blocked(
    blocked_id: UUID, kind: str, value: str, reason: str, blocked_by: str, blocked_at: datetime
) -> BlockedIdentifier:
    identifier = Identifier(IdentifierKind(kind), value)
    return BlockedIdentifier(blocked_id, identifier, reason, blocked_by, blocked_at)
