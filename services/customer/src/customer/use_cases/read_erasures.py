"""Reading erasures: where each stands, its receipt, and whether an id or a record was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import snapshot
from customer.domain.erasure import (
    CustomerGone,
    Erasure,
    ErasureNotComplete,
    ErasureStatus,
    ErasureUnknown,
    RecordGone,
    customer_gone,
    record_gone,
)
from customer.store.erasures import (
    Position,
    find_erasure,
    list_erasures,
    read_receipt,
)
from customer.store.tombstones import customer_erased_at, record_erased_at

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database
    from customer.domain.claims import RecordKey
    from customer.domain.official_ids import Sealer


async def read_erasure(database: Database, erasure_id: UUID) -> Erasure:
    """Read an erasure; raises `ErasureUnknown`."""
    async with snapshot(database) as connection:
        erasure = await find_erasure(connection, erasure_id)
    if erasure is None:
        raise ErasureUnknown
    return erasure


async def list_all_erasures(
    database: Database, *, status: ErasureStatus | None, before: Position | None, limit: int
) -> list[Erasure]:
    """List erasures, those received last first."""
    async with snapshot(database) as connection:
        return await list_erasures(connection, status=status, before=before, limit=limit)


async def read_erasure_receipt(
    database: Database, erasure_id: UUID
) -> tuple[dict[str, Any], bytes | None]:
    """Read the receipt and its hash; raises `ErasureUnknown` and `ErasureNotComplete`.

    An erasure that found the customer erased has the receipt of the one that did it.
    """
    async with snapshot(database) as connection:
        erasure = await find_erasure(connection, erasure_id)
        if erasure is not None and erasure.same_as is not None:
            erasure = await find_erasure(connection, erasure.same_as)
        if erasure is None:
            raise ErasureUnknown
        receipt = await read_receipt(connection, erasure.id)
    if receipt is None:
        waiting = ", ".join(one.part for one in erasure.parts if one.answered_at is None)
        message = f"The receipt waits for: {waiting or 'the erasure itself'}. Ask again later."
        raise ErasureNotComplete(message)
    return receipt, erasure.receipt_hash


async def gone_customer(database: Database, customer_id: str) -> CustomerGone | None:
    """Say that a customer was erased; None when nobody of this id was."""
    async with snapshot(database) as connection:
        erased_at = await customer_erased_at(connection, customer_id)
    return None if erased_at is None else customer_gone(erased_at)


async def gone_record(database: Database, key: RecordKey, sealer: Sealer) -> RecordGone | None:
    """Say that a source's record was erased; None when it was not."""
    key_hash = sealer.seal_record(key.source, key.external_id)
    async with snapshot(database) as connection:
        erased_at = await record_erased_at(connection, key_hash)
    return None if erased_at is None else record_gone(erased_at)
