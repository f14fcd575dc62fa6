"""Following a merge or an unmerge of customers: complaints go to whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.store.customer_aliases import follow, shut_out_writers

if TYPE_CHECKING:
    from chassis.database import Transaction
    from chassis.identity.moves import Turn


async def follow_turn(tx: Transaction, turn: Turn) -> int:
    """Re-point what the customers have, whatever was heard of before or comes later.

    A merge gives it to the survivor; an unmerge gives the restored customer what came by its
    source records and what was told with its ids.
    """
    await shut_out_writers(tx)
    return await follow(tx, turn)
