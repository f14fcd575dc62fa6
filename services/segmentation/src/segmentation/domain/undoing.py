"""Undoing what a merge did to memberships, so that nothing is left of one that was undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Membership:
    """A time in a segment; a retired id says whose merge began or ended it, where one did."""

    membership_id: UUID
    segment: str
    entered_at: datetime
    left_at: datetime | None
    entered_by: str | None
    left_by: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """Which membership goes on as if it had never ended, and which are forgotten."""

    reopened: UUID | None
    forgotten: tuple[UUID, ...]


def undo(history: Sequence[Membership], *, merge_of: str, segment: str | None) -> Undone | None:
    """Say how to take back what a merge did to one profile, whose segment is now this one.

    None when there is nothing to take back, or when it is not as it was before the merge.
    """
    begun = [each for each in history if each.entered_by == merge_of]
    before = sorted(
        (each for each in history if each.entered_by != merge_of),
        key=lambda each: (each.entered_at, each.left_at is None, each.left_by == merge_of),
    )
    last = before[-1] if before else None
    was_ended = last is not None and last.left_by == merge_of
    if not begun and not was_ended:
        return None
    if segment != (last.segment if last is not None and was_ended else None):
        return None
    if last is not None and (
        last.left_at is None or any(each.entered_at < last.left_at for each in begun)
    ):
        return None
    reopened = last.membership_id if last is not None and was_ended else None
    return Undone(reopened, tuple(each.membership_id for each in begun))
