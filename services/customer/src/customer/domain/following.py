"""How live match candidates follow merges: re-pointed, joined into one, or settled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Standing:
    """A live match candidate as merges see it: its two customers and its age."""

    id: UUID
    left_id: str
    right_id: str
    opened_at: datetime

    def pair_after(self, leads_to: Mapping[str, str]) -> tuple[str, str]:
        """Give its customers after merges, the smaller id first."""
        left, right = sorted(
            (leads_to.get(self.left_id, self.left_id), leads_to.get(self.right_id, self.right_id))
        )
        return left, right


@dataclass(slots=True)
class Following:
    """What becomes of candidates: settled, kept with new ends, and whose judgements go where."""

    settled: list[Standing] = field(default_factory=list[Standing])
    kept: list[Standing] = field(default_factory=list[Standing])
    handed: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])


def follow(
    touched: Iterable[Standing],
    leads_to: Mapping[str, str],
    *,
    apart: Collection[tuple[str, str]],
) -> Following:
    """Say what becomes of the candidates of retired customers and of their survivors.

    `apart` are pairs that a person keeps apart as they are after the merges. The oldest candidate
    of a pair remains.
    """
    following = Following()
    remaining: dict[tuple[str, str], Standing] = {}
    for one in sorted(touched, key=lambda standing: (standing.opened_at, standing.id)):
        pair = one.pair_after(leads_to)
        moved = pair != (one.left_id, one.right_id)
        was_of_two = one.left_id != one.right_id
        if was_of_two and (pair[0] == pair[1] or (moved and pair in apart)):
            following.settled.append(one)
        elif pair in remaining:
            following.settled.append(one)
            following.handed[one.id] = remaining[pair].id
        else:
            remaining[pair] = replace(one, left_id=pair[0], right_id=pair[1])
    following.kept = list(remaining.values())
    return following
