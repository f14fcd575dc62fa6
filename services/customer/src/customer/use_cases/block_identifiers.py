"""Blocking values that identify nobody: a shop's own phone, the mailbox of a hotel's reception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from chassis.errors import NotFound
from chassis.ids import new_uuid
from customer.store.blocked_identifiers import BlockedIdentifier, block, list_blocked, unblock

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from customer.domain.identifiers import Identifier


class NotBlocked(NotFound):
    """No value is blocked under this id."""

    slug = "identifier-not-blocked"
    title = "No value is blocked under this id"


async def block_identifier(
    database: Database, identifier: Identifier, *, reason: str, by: str, now: datetime
) -> BlockedIdentifier:
    """Have a value identify nobody from now on; who was joined by it before stays joined."""
    async with unit_of_work(database) as tx:
        return await block(tx, BlockedIdentifier(new_uuid(), identifier, reason, by, now))


async def unblock_identifier(database: Database, blocked_id: UUID) -> None:
    """Let a value identify again; raises `NotBlocked`."""
    async with unit_of_work(database) as tx:
        if not await unblock(tx, blocked_id):
            message = "It may have been unblocked already: list the blocked identifiers."
            raise NotBlocked(message)


async def list_blocked_identifiers(
    database: Database, *, after: UUID | None, limit: int
) -> list[BlockedIdentifier]:
    """List the blocked values, that blocked first first."""
    async with snapshot(database) as connection:
        return await list_blocked(connection, after=after, limit=limit)
