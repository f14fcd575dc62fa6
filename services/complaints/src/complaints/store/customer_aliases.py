"""Keeping who stores a customer id apart from merges, and giving complaints over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from chassis.identity import following
from complaints.store.tables import complaints

if TYPE_CHECKING:
    from chassis.database import Transaction
    from chassis.identity.moves import Turn

_MERGES_LOCK = 4_303_001


async def shut_out_merges(tx: Transaction) -> None:
    """Let no merge, unmerge or erasure be followed until this transaction ends.

    Whoever stores a customer id takes this before it looks up aliases. Without it, a merge could
    re-point all rows between the look-up and the commit, and miss the new one.
    """
    await tx.execute(select(func.pg_advisory_xact_lock_shared(_MERGES_LOCK)))


async def shut_out_writers(tx: Transaction) -> None:
    """Let nobody store a customer id until this merge, unmerge or erasure has been followed."""
    await tx.execute(select(func.pg_advisory_xact_lock(_MERGES_LOCK)))


async def follow(tx: Transaction, turn: Turn) -> int:
    """Give complaints to whom they belong by now, under `shut_out_writers`."""
    return await following.follow(tx, turn, complaints)
