"""Which events were applied already: rows that commit with the effect."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Text, cast, column, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from chassis.tables import inbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Transaction

KEPT = timedelta(days=14)
"""How long an event is remembered; longer than the bus keeps it, so none can come again."""


async def first_seen(tx: Transaction, consumer: str, event_ids: Sequence[str]) -> set[str]:
    """Note the events as applied by this consumer and tell which of them were not before.

    Sorted, so that two consumers with overlapping batches cannot deadlock.
    """
    ids = sorted(set(event_ids))
    rows = await tx.execute(
        insert(inbox)
        .from_select(
            ["consumer", "event_id"],
            select(
                literal(consumer),
                func.unnest(cast(literal(ids, ARRAY(Text)), ARRAY(Text))).label("event_id"),
            ),
        )
        .on_conflict_do_nothing()
        .returning(column("event_id", Text))
    )
    return set(rows.scalars())


async def forget_old(tx: Transaction) -> int:
    """Delete rows of events that the bus no longer keeps; gives their number."""
    result = await tx.execute(delete(inbox).where(inbox.c.received_at < func.now() - KEPT))
    return result.rowcount
