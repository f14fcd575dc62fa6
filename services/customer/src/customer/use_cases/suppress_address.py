"""Putting an address on the suppression list, and taking it off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from customer.domain.official_ids import Sealer
from customer.domain.suppressed_addresses import compared_address
from customer.store.suppressions import lift, suppress

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from customer.domain.communication import AddressKind, SuppressionReason


async def suppress_address(
    database: Database,
    sealer: Sealer,
    kind: AddressKind,
    address: str,
    *,
    purpose: str,
    reason: SuppressionReason,
    now: datetime,
) -> None:
    """Have nobody write to an address about a purpose; raises `UnusableAddress`."""
    hashed = sealer.seal_address(kind, compared_address(kind, address))
    async with unit_of_work(database) as tx:
        await suppress(tx, [(kind, hashed, purpose)], reason, now=now)


async def lift_suppression(
    database: Database, sealer: Sealer, kind: AddressKind, address: str, *, purpose: str
) -> None:
    """Let the house write to an address again; raises `UnusableAddress`."""
    hashed = sealer.seal_address(kind, compared_address(kind, address))
    async with unit_of_work(database) as tx:
        await lift(tx, (kind, hashed, purpose))
