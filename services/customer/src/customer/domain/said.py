"""What people said of records, as a partition of the whole base hears it: the last word counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Records = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Said:
    """What people said: records that are one person, and groups of records that are two.

    `same_as` gives the partners of a pair's left record, `sides_of` the words that keep a record
    apart, each by its place in `apart` with the side that the record is on.
    """

    same: Collection[tuple[UUID, UUID]] = ()
    apart: Collection[tuple[Records, Records]] = ()
    same_as: Mapping[UUID, list[UUID]] = field(init=False, repr=False, compare=False)
    sides_of: Mapping[UUID, set[tuple[int, int]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look up by record what concerns it: a base has many more records than words."""
        same_as: dict[UUID, list[UUID]] = {}
        for left, right in self.same:
            same_as.setdefault(left, []).append(right)
        sides_of: dict[UUID, set[tuple[int, int]]] = {}
        for word, sides in enumerate(self.apart):
            for side, record_ids in enumerate(sides):
                for record_id in record_ids:
                    sides_of.setdefault(record_id, set()).add((word, side))
        object.__setattr__(self, "same_as", same_as)
        object.__setattr__(self, "sides_of", sides_of)

    @property
    def record_ids(self) -> set[UUID]:
        """Name the records of which something was said."""
        return {*(one for pair in self.same for one in pair), *self.sides_of}


@dataclass(frozen=True, slots=True)
class SaidSame:
    """A person said that all these records are one person."""

    at: datetime
    record_ids: Records


@dataclass(frozen=True, slots=True)
class SaidApart:
    """A person said that the records of either side are two people."""

    at: datetime
    sides: tuple[Records, Records]


def in_force(same: Iterable[SaidSame], apart: Iterable[SaidApart]) -> Said:
    """Put together what holds: who was parted later is not one any more.

    An older word that keeps records apart still holds for those whom no later one joined.
    """
    parting = sorted(apart, key=lambda word: word.at)
    pairs: set[tuple[UUID, UUID]] = set()
    for word in same:
        groups = [word.record_ids]
        for later in parting:
            if later.at > word.at:
                groups = [part for group in groups for part in _parted(group, later)]
        pairs.update(pair for group in groups for pair in pairwise(sorted(group)))
    return Said(sorted(pairs), [word.sides for word in parting])


def renamed(said: Said, ids: Mapping[UUID, UUID]) -> Said:
    """Have records go by other ids; those that have none are left out."""
    same = [
        (min(pair), max(pair))
        for left, right in said.same
        if left in ids and right in ids
        for pair in [(ids[left], ids[right])]
    ]
    apart = [
        (
            frozenset(ids[one] for one in left if one in ids),
            frozenset(ids[one] for one in right if one in ids),
        )
        for left, right in said.apart
    ]
    return Said(sorted(same), sorted(apart, key=lambda sides: [sorted(side) for side in sides]))


def _parted(group: Records, word: SaidApart) -> list[Records]:
    left, right = word.sides
    gone = group & right
    return [group - gone, gone] if gone and group & left else [group]
