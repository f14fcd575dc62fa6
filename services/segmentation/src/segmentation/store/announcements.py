"""Facts about profiles, written to the outbox many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver
from chassis.outbox import mark_announced, outbox_row
from segmentation.events import PROFILE
from segmentation.store.arrays import columns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.events import ProfileEvent

_INSERT = """
INSERT INTO outbox
    (id, aggregatetype, aggregateid, type, sequence, payload, occurred_at, traceparent)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[],
    $7::timestamptz[], $8::text[])
"""


async def announce(
    tx: Transaction, news: Iterable[tuple[ProfileEvent, int]], *, now: datetime
) -> None:
    """Announce facts, each with the version of its profile that it makes."""
    rows = [
        outbox_row(event, key=PROFILE.show(event.profile_id), sequence=version, at=now)
        for event, version in news
    ]
    if not rows:
        return
    connection = await driver(tx)
    await connection.execute(_INSERT, *columns(rows))
    mark_announced(tx)
