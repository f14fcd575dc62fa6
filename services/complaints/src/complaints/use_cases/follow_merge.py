"""Following a merge of customers: the retired one's complaints go to the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.domain.aliases import moves_of_merge
from complaints.store.complaints import repoint
from complaints.store.customer_aliases import note_moves, shut_out_writers

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def follow_merge(
    tx: Transaction, *, retired_id: str, survivor_id: str, merged_at: datetime, sequence: int
) -> int:
    """Re-point what a retired customer has, whatever was heard of before or comes later."""
    await shut_out_writers(tx)
    moves = moves_of_merge(retired_id, survivor_id, merged_at=merged_at, sequence=sequence)
    return await repoint(tx, customer_ids=await note_moves(tx, moves))
