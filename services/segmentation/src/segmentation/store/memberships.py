"""Who is and was in which segment, and how many are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import driver
from chassis.ids import new_uuid
from segmentation.domain.members import Member
from segmentation.domain.scoring import Scores
from segmentation.store.arrays import columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.profiles import Assessment

_LEAVE = """
UPDATE memberships SET left_at = greatest($2, entered_at)
WHERE profile_id = ANY($1) AND left_at IS NULL
"""
_ENTER = """
INSERT INTO memberships (membership_id, profile_id, segment, entered_at)
SELECT membership_id, profile_id, segment, $4
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS told (membership_id, profile_id, segment)
"""
# The shard is the connection's: two writers rarely wait for each other. Sorted, so that they
# never do in a circle.
_COUNT = """
INSERT INTO segment_counts AS counted (segment, shard, members)
SELECT segment, pg_backend_pid() % 16, change
FROM unnest($1::text[], $2::bigint[]) AS told (segment, change)
ORDER BY segment
ON CONFLICT (segment, shard) DO UPDATE SET members = counted.members + excluded.members
"""
_BEFORE_ALL = UUID(int=0)
_SINCE = "SELECT entered_at FROM memberships WHERE profile_id = $1 AND left_at IS NULL"
_PAGE = """
SELECT membership.membership_id, membership.entered_at, profile.profile_id, profile.customer_id,
    profile.recency_score, profile.frequency_score, profile.monetary_score
FROM memberships AS membership JOIN profiles AS profile USING (profile_id)
WHERE membership.segment = $1 AND membership.left_at IS NULL AND membership.membership_id > $2
ORDER BY membership.membership_id
LIMIT $3
"""


async def move(tx: Transaction, assessments: Sequence[Assessment], *, now: datetime) -> None:
    """End and begin memberships, and count them."""
    left = [(each.after.profile_id, each.left) for each in assessments if each.left]
    entered = [(each.after.profile_id, each.entered) for each in assessments if each.entered]
    connection = await driver(tx)
    if left:
        await connection.execute(_LEAVE, [profile_id for profile_id, _ in left], now)
    if entered:
        rows = [(new_uuid(), *pair) for pair in entered]
        await connection.execute(_ENTER, *columns(rows), now)
    counts = Counter(segment for _, segment in entered)
    counts.subtract(segment for _, segment in left)
    changes = sorted((segment, change) for segment, change in counts.items() if change)
    if changes:
        await connection.execute(_COUNT, *columns(changes))


async def since(tx: Transaction, profile_id: UUID) -> datetime | None:
    """Tell since when the profile has been in the segment it is in."""
    connection = await driver(tx)
    row = await connection.fetchrow(_SINCE, profile_id)
    return row["entered_at"] if row is not None else None


async def page(tx: Transaction, segment: str, *, after: UUID | None, limit: int) -> list[Member]:
    """Give the next members, the oldest membership first."""
    connection = await driver(tx)
    rows = await connection.fetch(_PAGE, segment, after or _BEFORE_ALL, limit)
    return [
        Member(
            membership_id=row["membership_id"],
            profile_id=row["profile_id"],
            customer_id=row["customer_id"],
            entered_at=row["entered_at"],
            scores=Scores(row["recency_score"], row["frequency_score"], row["monetary_score"]),
        )
        for row in rows
    ]
