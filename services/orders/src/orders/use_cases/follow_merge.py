"""Following a merge of customers: their orders and returns go to the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.store.aliases import follow_merge, lock_aliases, repoint, survivor_of

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def follow_customer_merge(
    tx: Transaction, *, retired_id: str, survivor_id: str, merged_at: datetime
) -> int:
    """Re-point what a retired customer has, whatever merges were heard of before or come later.

    A merge that says the opposite of what is known (the survivor stands for itself in the retired
    one) changes nothing: ids are never taken out of retirement here.
    """
    await lock_aliases(tx)
    if await survivor_of(tx, survivor_id) == retired_id:
        return 0
    present = await follow_merge(
        tx, retired_id=retired_id, survivor_id=survivor_id, merged_at=merged_at
    )
    return await repoint(tx, retired_id=retired_id, survivor_id=present)
