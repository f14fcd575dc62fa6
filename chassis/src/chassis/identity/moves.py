"""Where customer ids lead: what was told last of each, followed to the customer it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Move:
    """An id leads to another customer from now on, or (None) stands for itself again.

    Of two that tell of one id the later holds, in whatever order they arrive. `merged_at` is when
    the id itself was merged; a move that only follows another id's unmerge does not know it.
    """

    customer_id: str
    leads_to: str | None
    moved_at: datetime
    sequence: int
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordMove:
    """A source record was taken out of a customer: its facts are this customer's from now on."""

    source_record_id: UUID
    customer_id: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """Customers turned out to be one, or not to be: which ids and source records move.

    `merge_of` is the id that is retired by it or restored; what follows from its merge is noted
    under it, and taken back when it is undone.
    """

    merge_of: str
    moves: tuple[Move, ...]
    records: tuple[RecordMove, ...] = ()
    undoes: bool = False


def turn_of_merge(retired_id: str, survivor_id: str, *, merged_at: datetime, sequence: int) -> Turn:
    """Say what a merge moves: the retired id."""
    return Turn(retired_id, (Move(retired_id, survivor_id, merged_at, sequence, merged_at),))


def turn_of_unmerge(
    restored_id: str,
    retired_ids: Iterable[str],
    source_record_ids: Iterable[UUID],
    *,
    unmerged_at: datetime,
    sequence: int,
) -> Turn:
    """Say what an unmerge moves: the restored id, those that lead to it again, its records."""
    restored = Move(restored_id, None, unmerged_at, sequence)
    older = (Move(each, restored_id, unmerged_at, 0) for each in retired_ids)
    records = (RecordMove(each, restored_id, unmerged_at) for each in source_record_ids)
    return Turn(restored_id, (restored, *older), tuple(records), undoes=True)


def present_ids(moves: Mapping[str, Move]) -> dict[str, str]:
    """Give for each id that leads elsewhere the customer at the end of its path.

    In a circle, which only news that arrived early or a mistake can make, the id stands for itself
    that was retired first: word of its being restored must be on its way.
    """
    found: dict[str, str] = {}
    for start in moves:
        path = [start]
        while True:
            move = moves.get(path[-1])
            if move is None or move.leads_to is None:
                end = path[-1]
                break
            if move.leads_to in path:
                circle = path[path.index(move.leads_to) :]
                first = min(moves[each].moved_at for each in circle)
                end = max(each for each in circle if moves[each].moved_at == first)
                break
            path.append(move.leads_to)
        if end != start:
            found[start] = end
    return found
