"""Following an unmerge: complaints go back with their source record, or the id told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.domain.aliases import RecordMove, moves_of_unmerge
from complaints.store.complaints import repoint
from complaints.store.customer_aliases import note_moves, note_records, shut_out_writers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction


async def follow_unmerge(
    tx: Transaction,
    *,
    restored_id: str,
    retired_ids: Sequence[str],
    source_record_ids: Sequence[UUID],
    unmerged_at: datetime,
    sequence: int,
) -> int:
    """Give the restored customer what came by its source records and what was told with its ids.

    That holds for what came in between too, and for what comes later or came before.
    """
    await shut_out_writers(tx)
    records = [RecordMove(each, restored_id, unmerged_at) for each in source_record_ids]
    await note_records(tx, records)
    moves = moves_of_unmerge(restored_id, retired_ids, unmerged_at=unmerged_at, sequence=sequence)
    concerned = await note_moves(tx, moves)
    return await repoint(tx, customer_ids=concerned, source_record_ids=source_record_ids)
