"""Source records as they are kept, for those who read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import RowMapping, select, tuple_

from chassis.errors import FieldProblem
from customer.domain.claims import RecordKey
from customer.domain.sights import Home
from customer.store.records_json import read_flags
from customer.store.tables.book import source_records

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A source record with everything that is kept of it."""

    id: UUID
    key: RecordKey
    customer_id: str
    channel: str
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    raw: dict[str, Any]
    normalised: dict[str, Any]
    flags: tuple[FieldProblem, ...]
    matched_on: tuple[str, ...]
    version: int
    observed_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def home(self) -> Home:
        """Give where it is at home."""
        return Home(self.home_region, self.brand)


Position = tuple[datetime, UUID]
"""Where a page of a customer's records ended: observed at, id."""


async def find_record(connection: AsyncConnection, key: RecordKey) -> StoredRecord | None:
    """Find what a source told under its own id."""
    query = select(source_records).where(
        source_records.c.source == key.source, source_records.c.external_id == key.external_id
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _stored(row)


async def list_records(
    connection: AsyncConnection, customer_id: str, *, before: Position | None, limit: int
) -> list[StoredRecord]:
    """List a customer's records, those observed last first."""
    query = (
        select(source_records)
        .where(source_records.c.customer_id == customer_id)
        .order_by(source_records.c.observed_at.desc(), source_records.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        place = tuple_(source_records.c.observed_at, source_records.c.id)
        query = query.where(place < tuple_(*before))
    return [_stored(row) for row in (await connection.execute(query)).mappings()]


def _stored(row: RowMapping) -> StoredRecord:
    return StoredRecord(
        id=row["id"],
        key=RecordKey(row["source"], row["external_id"]),
        customer_id=row["customer_id"],
        channel=row["channel"],
        store=row["store"],
        country=row["country"],
        brand=row["brand"],
        legal_entity=row["legal_entity"],
        home_region=row["home_region"],
        raw=row["raw"],
        normalised=row["normalised"],
        flags=read_flags(row["flags"]),
        matched_on=tuple(row["matched_on"]),
        version=row["version"],
        observed_at=row["observed_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
