"""Measure anew the customers whom the mere passing of time brings into a rule, or out of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from segmentation.store import gate, measuring, turning, written_segments

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


_LONGEST_TRANSACTION = timedelta(minutes=1)
"""A fact may have been measured so long before it could be seen; the time is looked at again."""


async def turn_profiles(tx: Transaction, *, after: str, now: datetime, limit: int) -> str | None:
    """Measure the next customers after an id; gives the last one's, or None at the end."""
    await gate.enter(tx)
    since = await turning.turned_until(tx)
    span = turning.Span(since - _LONGEST_TRANSACTION, now)
    written = await written_segments.load_all(tx)
    customers = await turning.turned(tx, written, span, after=after, limit=limit)
    await measuring.measure(tx, customers, now=now)
    if len(customers) == limit:
        return customers[-1]
    await turning.note_turned(tx, max(since, now))
    return None
