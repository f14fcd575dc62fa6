"""Reading the id map, and the aliases beside it, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from customer.store.id_map import aliases_after, key_of, mappings_after

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database
    from customer.domain.claims import RecordKey
    from customer.domain.id_map import Alias, Mapping


async def read_id_map(
    database: Database, after: RecordKey | None, *, source: str | None, limit: int
) -> list[Mapping]:
    """Give which customers the source records after a key belong to at this moment."""
    async with snapshot(database) as connection:
        return await mappings_after(connection, after, source=source, limit=limit)


async def read_place(database: Database, record_id: UUID) -> RecordKey | None:
    """Give the key after which a reader goes on that knows the record by our id only."""
    async with snapshot(database) as connection:
        return await key_of(connection, record_id)


async def read_aliases(database: Database, after: str | None, *, limit: int) -> list[Alias]:
    """Give where the retired ids after one lead at this moment."""
    async with snapshot(database) as connection:
        return await aliases_after(connection, after, limit=limit)
