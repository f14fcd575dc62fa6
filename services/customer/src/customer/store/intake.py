"""Writing everything that claims, or a relink, changed: records, merges, facts, what to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.merging import last_survivors, moves
from customer.store.announcements import announcements
from customer.store.changes import move_records, write_changes, write_merges
from customer.store.match_candidates import open_candidates, settle_candidates

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction
    from customer.domain.intake import Changes


async def write_all(tx: Transaction, changes: Changes, *, now: datetime) -> None:
    """Write changes and what follows from them, in the transaction that decided them."""
    if changes.merges:
        await _write_with_merges(tx, changes, now)
    else:
        await write_changes(tx, changes, announcements(changes, {}, at=now), now=now)
    await open_candidates(tx, changes.unsure_judgement_ids)


async def _write_with_merges(tx: Transaction, changes: Changes, now: datetime) -> None:
    leads_to = last_survivors(changes.merges)
    await write_changes(tx, changes, [], now=now)
    moved = moves(changes.merges, await move_records(tx, leads_to))
    record_ids = {move.merge.retired_id: move.record_ids for move in moved}
    rows = announcements(changes, record_ids, at=now)
    await write_merges(tx, moved, leads_to, rows, now=now)
    await settle_candidates(tx, leads_to, now=now)
