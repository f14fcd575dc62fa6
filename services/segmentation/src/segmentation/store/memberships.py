"""Who is and was in which segment, and how many are."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import driver
from chassis.ids import new_uuid
from segmentation.domain.members import Member
from segmentation.domain.scoring import Scores
from segmentation.domain.undoing import Membership, undo
from segmentation.store.arrays import columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.profiles import Assessment
    from segmentation.domain.told import Turn

_LEAVE = """
UPDATE memberships SET left_at = greatest($2, entered_at), left_by = $3
WHERE profile_id = ANY($1) AND left_at IS NULL
"""
_ENTER = """
INSERT INTO memberships (membership_id, profile_id, segment, entered_at, entered_by)
SELECT membership_id, profile_id, segment, $4, $5
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
_FORGET = "DELETE FROM memberships WHERE profile_id = ANY($1) RETURNING segment, left_at"
_HISTORY = """
SELECT profile_id, membership_id, segment, entered_at, left_at, entered_by, left_by
FROM memberships WHERE profile_id = ANY($1) ORDER BY profile_id, entered_at
"""
_UNDO_BEGINNING = "DELETE FROM memberships WHERE membership_id = ANY($1)"
_UNDO_ENDING = """
UPDATE memberships SET (left_at, left_by) = (NULL, NULL) WHERE membership_id = ANY($1)
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


async def move(
    tx: Transaction, assessments: Sequence[Assessment], *, now: datetime, turn: Turn | None = None
) -> None:
    """End and begin memberships, and count them.

    What a merge began and ended is noted under it; an unmerge takes it back, so that memberships
    are as if the two had never been one.
    """
    left = [(each.after.profile_id, each.left) for each in assessments if each.left]
    entered = [(each.after.profile_id, each.entered) for each in assessments if each.entered]
    counts = Counter(segment for _, segment in entered)
    counts.subtract(segment for _, segment in left)
    await _count(tx, counts)
    merge_of, undone = None, set[UUID]()
    if turn is not None and turn.undoes:
        undone = await _take_back(tx, assessments, merge_of=turn.merge_of)
    elif turn is not None:
        merge_of = turn.merge_of
    connection = await driver(tx)
    ending = [profile_id for profile_id, _ in left if profile_id not in undone]
    if ending:
        await connection.execute(_LEAVE, ending, now, merge_of)
    rows = [(new_uuid(), *pair) for pair in entered if pair[0] not in undone]
    if rows:
        await connection.execute(_ENTER, *columns(rows), now, merge_of)


async def forget(tx: Transaction, profile_ids: Sequence[UUID]) -> int:
    """Delete all that profiles were ever in; gives how many memberships there were."""
    connection = await driver(tx)
    rows = await connection.fetch(_FORGET, profile_ids)
    opened = Counter(row["segment"] for row in rows if row["left_at"] is None)
    await _count(tx, Counter({segment: -members for segment, members in opened.items()}))
    return len(rows)


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


async def _count(tx: Transaction, counts: Counter[str]) -> None:
    changes = sorted((segment, change) for segment, change in counts.items() if change)
    if changes:
        connection = await driver(tx)
        await connection.execute(_COUNT, *columns(changes))


async def _take_back(
    tx: Transaction, assessments: Sequence[Assessment], *, merge_of: str
) -> set[UUID]:
    """Take back what a merge did to memberships; names the profiles where that was possible."""
    connection = await driver(tx)
    segments = {each.after.profile_id: each.after.segment for each in assessments}
    histories: defaultdict[UUID, list[Membership]] = defaultdict(list)
    for row in await connection.fetch(_HISTORY, list(segments)):
        profile_id, *rest = row.values()
        histories[profile_id].append(Membership(*rest))
    undone = {
        profile_id: found
        for profile_id, history in histories.items()
        if (found := undo(history, merge_of=merge_of, segment=segments[profile_id])) is not None
    }
    begun = [each for found in undone.values() for each in found.forgotten]
    ended = [found.reopened for found in undone.values() if found.reopened is not None]
    await connection.execute(_UNDO_BEGINNING, begun)
    await connection.execute(_UNDO_ENDING, ended)
    return set(undone)
