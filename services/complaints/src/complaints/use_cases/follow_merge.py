"""Following a merge of two customers: the retired one's complaints go to the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.store.complaints import repoint
from complaints.store.customer_aliases import add_alias, shut_out_writers, survivor_of

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def follow_merge(
    tx: Transaction, *, retired_id: str, survivor_id: str, merged_at: datetime
) -> int:
    """Note the merge and re-point complaints; tells how many. Any order of arrival ends the same.

    The survivor may itself have been retired by a merge that arrived before, and complaints of
    ids retired into this one were re-pointed to it when their merge arrived.
    """
    await shut_out_writers(tx)
    await add_alias(tx, retired_id=retired_id, survivor_id=survivor_id, merged_at=merged_at)
    survivor = await survivor_of(tx, retired_id)
    return await repoint(tx, retired_id=retired_id, survivor_id=survivor)
