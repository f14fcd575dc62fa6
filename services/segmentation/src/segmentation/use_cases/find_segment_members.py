"""Find the members of a segment whose rule was written or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.store import gate, measuring, rule_members, written_segments

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def find_segment_members(tx: Transaction, *, now: datetime, limit: int) -> bool:
    """Measure up to `limit` customers who differ from a rule; tells whether there was one to do."""
    await gate.enter(tx)
    segment = await written_segments.hold_one_to_measure(tx)
    if segment is None:
        return False
    differing = await rule_members.differing(tx, segment, now=now, limit=limit)
    await measuring.measure(tx, differing, now=now)
    if len(differing) < limit:
        await written_segments.note_measured(tx, segment.slug, now=now)
    return True
