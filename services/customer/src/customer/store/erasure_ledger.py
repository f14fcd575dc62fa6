"""The ledger of erasures: read out page by page, and entered again after a restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from customer.domain.communication import AddressKind, SuppressionReason
from customer.domain.erasure import ErasureStatus
from customer.domain.erasure_ledger import KeptRefusal, LedgerEntry
from customer.store.erasures import find_erasure, find_erasures, put_answer
from customer.store.tables.consents import suppressions
from customer.store.tables.erasures import erased_records, erasures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

Place = tuple["datetime", "UUID"]
"""Where a page of the ledger ended: received at, id."""


async def ledger_page(
    connection: AsyncConnection, *, after: Place | None, limit: int
) -> list[LedgerEntry]:
    """Give the erasures that were carried out, those received first."""
    query = select(erasures.c.id, erasures.c.receipt).where(erasures.c.erased_at.is_not(None))
    if after is not None:
        query = query.where(tuple_(erasures.c.received_at, erasures.c.id) > tuple_(*after))
    oldest = query.order_by(erasures.c.received_at, erasures.c.id).limit(limit)
    receipts = {row.id: row.receipt for row in await connection.execute(oldest)}
    found = await find_erasures(connection, list(receipts))
    hashes = await _key_hashes(connection, list(receipts))
    refusals = await _refusals(connection, [one.erased_at for one in found.values()])
    return [
        LedgerEntry(
            erasure=found[erasure_id],
            key_hashes=tuple(hashes.get(erasure_id, [])),
            refusals=tuple(refusals.get(found[erasure_id].erased_at, [])),
            receipt=receipt,
        )
        for erasure_id, receipt in receipts.items()
    ]


async def enter(tx: Transaction, entry: LedgerEntry) -> bool:
    """Enter an erasure as it was, unless it is known and complete; tells whether it was known."""
    erasure, request = entry.erasure, entry.erasure.request
    values: dict[str, Any] = {
        "id": erasure.id,
        "customer_id": request.customer_id,
        "retired_ids": list(erasure.retired_ids),
        "source_record_ids": list(erasure.source_record_ids),
        "reason": request.reason,
        "requested_at": request.requested_at,
        "requested_by": request.requested_by,
        "reference": request.reference,
        "client_id": request.client_id,
        "received_at": request.received_at,
        "status": erasure.status,
        "begun_at": erasure.begun_at,
        "erased_at": erasure.erased_at,
        "due_at": erasure.due_at,
        "completed_at": erasure.completed_at,
        "version": erasure.version,
        "receipt": entry.receipt,
        "receipt_hash": erasure.receipt_hash,
    }
    written = upsert(erasures).values(values)
    known_before = await find_erasure(tx, erasure.id, hold=True)
    await tx.execute(
        written.on_conflict_do_update(
            index_elements=["id"],
            set_={name: written.excluded[name] for name in values if name != "id"},
            where=erasures.c.status != ErasureStatus.COMPLETE,
        )
    )
    for answer in erasure.parts:
        await put_answer(tx, erasure.id, answer)
    return known_before is not None and known_before.erased_at is not None


async def count_up(tx: Transaction, erasure_id: UUID, at_least: int) -> int:
    """Give the sequence for announcing an erasure once more."""
    found = await tx.execute(
        erasures.update()
        .where(erasures.c.id == erasure_id)
        .values(version=literal_column(f"greatest(version, {at_least:d}) + 1"))
        .returning(erasures.c.version)
    )
    return found.scalar_one()


async def _key_hashes(
    connection: AsyncConnection, erasure_ids: Sequence[UUID]
) -> dict[UUID, list[bytes]]:
    found: dict[UUID, list[bytes]] = {}
    query = select(erased_records.c.erasure_id, erased_records.c.key_hash)
    named = query.where(erased_records.c.erasure_id.in_(erasure_ids))
    for row in await connection.execute(named.order_by(erased_records.c.key_hash)):
        found.setdefault(row.erasure_id, []).append(row.key_hash)
    return found


async def _refusals(
    connection: AsyncConnection, erased_at: Sequence[datetime | None]
) -> dict[datetime | None, list[KeptRefusal]]:
    """Give what erasures put on the suppression list, by their instants."""
    found: dict[datetime | None, list[KeptRefusal]] = {}
    query = select(suppressions).where(
        suppressions.c.reason == SuppressionReason.ERASED,
        suppressions.c.suppressed_at.in_(erased_at),
    )
    for row in await connection.execute(query):
        refusal = KeptRefusal(AddressKind(row.kind), row.address_hash, row.purpose)
        found.setdefault(row.suppressed_at, []).append(refusal)
    return found
