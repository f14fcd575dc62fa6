"""Who is and was in which segment, and how many are."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import driver
from chassis.ids import new_uuid
from segmentation.domain.members import Member
from segmentation.domain.scoring import Scores
from segmentation.domain.undoing import Membership, Undone, undo
from segmentation.store.arrays import write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Transaction
    from chassis.identity.moves import Turn
    from segmentation.domain.profiles import Assessment

_LEAVE = """
UPDATE memberships AS membership SET left_at = greatest($3, entered_at), left_by = $4
FROM unnest($1::uuid[], $2::text[]) AS told (profile_id, segment)
WHERE membership.profile_id = told.profile_id AND membership.segment = told.segment
    AND membership.left_at IS NULL
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
SELECT membership.profile_id, segment.rule IS NOT NULL AS is_written, membership.membership_id,
    membership.segment, membership.entered_at, membership.left_at, membership.entered_by,
    membership.left_by
FROM memberships AS membership JOIN segments AS segment ON segment.slug = membership.segment
WHERE profile_id = ANY($1) ORDER BY profile_id, entered_at, membership_id
"""
_UNDO_BEGINNING = "DELETE FROM memberships WHERE membership_id = ANY($1)"
_UNDO_ENDING = """
UPDATE memberships SET (left_at, left_by) = (NULL, NULL) WHERE membership_id = ANY($1)
"""
_BEFORE_ALL = UUID(int=0)
_SCORES = ""

Line = tuple[UUID, str]
"""A profile, and a row of memberships of which one at most is open: of its scores, or of a rule."""

_OPEN = """
SELECT segment, entered_at FROM memberships WHERE profile_id = $1 AND left_at IS NULL
ORDER BY entered_at, segment
"""
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
    left = [(each.after.profile_id, segment) for each in assessments for segment in each.left]
    entered = [(each.after.profile_id, segment) for each in assessments for segment in each.entered]
    counts = Counter(segment for _, segment in entered)
    counts.subtract(segment for _, segment in left)
    await _count(tx, counts)
    merge_of, undone = None, set[Line]()
    line_of = {each.after.profile_id: _lines(each) for each in assessments}
    if turn is not None and turn.undoes:
        undone = await _take_back(tx, assessments, merge_of=turn.merge_of)
    elif turn is not None:
        merge_of = turn.merge_of
    connection = await driver(tx)
    ending = [pair for pair in left if (pair[0], line_of[pair[0]][pair[1]]) not in undone]
    await write(connection, _LEAVE, ending, now, merge_of)
    beginning = [pair for pair in entered if (pair[0], line_of[pair[0]][pair[1]]) not in undone]
    rows = [(new_uuid(), *pair) for pair in beginning]
    await write(connection, _ENTER, rows, now, merge_of)


async def forget(tx: Transaction, profile_ids: Sequence[UUID]) -> int:
    """Delete all that profiles were ever in; gives how many memberships there were."""
    connection = await driver(tx)
    rows = await connection.fetch(_FORGET, profile_ids)
    opened = Counter(row["segment"] for row in rows if row["left_at"] is None)
    await _count(tx, Counter({segment: -members for segment, members in opened.items()}))
    return len(rows)


async def open_of(tx: Transaction, profile_id: UUID) -> dict[str, datetime]:
    """Give the segments that the profile is in, and since when, the longest first."""
    connection = await driver(tx)
    rows = await connection.fetch(_OPEN, profile_id)
    return {row["segment"]: row["entered_at"] for row in rows}


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
            scores=Scores(row["recency_score"], row["frequency_score"], row["monetary_score"])
            if row["recency_score"] is not None
            else None,
        )
        for row in rows
    ]


async def _count(tx: Transaction, counts: Counter[str]) -> None:
    changes = sorted((segment, change) for segment, change in counts.items() if change)
    await write(await driver(tx), _COUNT, changes)


def _lines(assessment: Assessment) -> dict[str, str]:
    """Give the line of each segment before or after: its own, or that of the scores."""
    written = assessment.before.written | assessment.after.written
    all_of_them = assessment.before.segments | assessment.after.segments
    return {segment: segment if segment in written else _SCORES for segment in all_of_them}


async def _take_back(
    tx: Transaction, assessments: Sequence[Assessment], *, merge_of: str
) -> set[Line]:
    """Take back what a merge did to memberships; names the lines where that was possible."""
    connection = await driver(tx)
    after = {each.after.profile_id: each.after for each in assessments}
    histories: defaultdict[Line, list[Membership]] = defaultdict(list)
    for row in await connection.fetch(_HISTORY, list(after)):
        profile_id, is_written, *rest = row.values()
        membership = Membership(*rest)
        histories[profile_id, membership.segment if is_written else _SCORES].append(membership)
    undone: dict[Line, Undone] = {}
    for (profile_id, line), history in histories.items():
        profile = after[profile_id]
        now_in = line if line in profile.written else None
        segment = profile.segment if line == _SCORES else now_in
        found = undo(history, merge_of=merge_of, segment=segment)
        if found is not None:
            undone[profile_id, line] = found
    begun = [each for found in undone.values() for each in found.forgotten]
    ended = [found.reopened for found in undone.values() if found.reopened is not None]
    await connection.execute(_UNDO_BEGINNING, begun)
    await connection.execute(_UNDO_ENDING, ended)
    return set(undone)
