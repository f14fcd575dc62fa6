"""The id map page by page, in the sequence of keys that never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

from customer.domain.claims import RecordKey
from customer.domain.id_map import Alias, Mapping
from customer.store.tables.book import customer_aliases, customers, source_records

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


async def mappings_after(
    connection: AsyncConnection, after: RecordKey | None, *, source: str | None, limit: int
) -> list[Mapping]:
    """Give the mappings whose keys follow, of one source or of all."""
    key = (source_records.c.source, source_records.c.external_id)
    columns = (*key, source_records.c.customer_id, source_records.c.id)
    query = select(*columns, source_records.c.home_region).order_by(*key).limit(limit)
    if source is not None:
        query = query.where(source_records.c.source == source)
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(after.source, after.external_id))
    return [
        Mapping(RecordKey(row.source, row.external_id), row.customer_id, row.id, row.home_region)
        for row in await connection.execute(query)
    ]


async def key_of(connection: AsyncConnection, record_id: UUID) -> RecordKey | None:
    """Give the key of a source record; None when it is gone."""
    record = source_records.c
    query = select(record.source, record.external_id).where(record.id == record_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else RecordKey(row.source, row.external_id)


async def aliases_after(
    connection: AsyncConnection, after: str | None, *, limit: int
) -> list[Alias]:
    """Give the aliases whose retired ids follow."""
    alias = customer_aliases.c
    query = (
        select(alias.retired_id, alias.survivor_id, alias.retired_at, customers.c.home_region)
        .join(customers, customers.c.id == alias.retired_id)
        .order_by(alias.retired_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(alias.retired_id > after)
    return [Alias(*row) for row in await connection.execute(query)]
