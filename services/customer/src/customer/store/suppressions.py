"""The suppression list as it is kept: keyed hashes, never addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from customer.domain.communication import AddressKind, SuppressionReason
from customer.store.tables.consents import suppressions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

Suppressed = tuple[AddressKind, bytes, str]
"""Kind, hash and purpose; the purpose * is every one."""


async def suppressed_for(
    connection: AsyncConnection, kind: AddressKind, hashes: Sequence[bytes]
) -> dict[bytes, frozenset[tuple[str, SuppressionReason]]]:
    """Give for each hash on the list the purposes and reasons."""
    if not hashes:
        return {}
    query = select(suppressions).where(
        suppressions.c.kind == kind, suppressions.c.address_hash.in_(hashes)
    )
    found: dict[bytes, set[tuple[str, SuppressionReason]]] = {}
    for row in await connection.execute(query):
        reason = (row.purpose, SuppressionReason(row.reason))
        found.setdefault(bytes(row.address_hash), set()).add(reason)
    return {hashed: frozenset(reasons) for hashed, reasons in found.items()}


async def suppress(
    tx: Transaction, listed: Sequence[Suppressed], reason: SuppressionReason, *, now: datetime
) -> None:
    """Put addresses on the list; one that is on it gets the newer reason, but bounced stays so."""
    if not listed:
        return
    rows = [
        {
            "kind": kind,
            "address_hash": hashed,
            "purpose": purpose,
            "reason": reason,
            "suppressed_at": now,
        }
        for kind, hashed, purpose in sorted(set(listed))
    ]
    query = insert(suppressions)
    await tx.execute(
        query.on_conflict_do_update(
            index_elements=["kind", "address_hash", "purpose"],
            set_={
                "reason": query.excluded.reason,
                "suppressed_at": query.excluded.suppressed_at,
            },
            where=suppressions.c.reason != SuppressionReason.BOUNCED,
        ),
        rows,
    )


async def lift(tx: Transaction, listed: Suppressed) -> bool:
    """Take an address off the list; tells whether it was on it."""
    kind, hashed, purpose = listed
    result = await tx.execute(
        delete(suppressions).where(
            suppressions.c.kind == kind,
            suppressions.c.address_hash == hashed,
            suppressions.c.purpose == purpose,
        )
    )
    return result.rowcount > 0
