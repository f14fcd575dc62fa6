"""Partition: people put together from a whole base at once, whatever order their records came in.

The same judges as at intake (`guard`, `linkage.decision`), but evidence is taken from the strongest
to the weakest and not as it arrived. Records go by ids that their own keys give, so that nothing
depends on when a record came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.crowding import CROWDED_BITS, told_of
from customer.domain.gathering import Gathering
from customer.domain.guard import LENT
from customer.domain.identifiers import LIMITS, Identifier, IdentifierKind
from customer.domain.likely import Lent, Likely
from customer.domain.linkage.traits import Traits
from customer.domain.neighbourhood import without
from customer.domain.said import Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from customer.domain.claims import RecordKey
    from customer.domain.guard import Person
    from customer.domain.neighbourhood import Recogniser


def node_id(key: RecordKey) -> UUID:
    """Give the id of a record in a partition: its key decides, and nothing else.

    It is the MD5 of source, a tab and external id, which DuckDB computes too.
    """
    told = f"{key.source}\t{key.external_id}".encode()
    return UUID(bytes=hashlib.md5(told, usedforsecurity=False).digest())


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups of record ids, each in order, all in order; and the pairs that joined them.

    `compared` is what each record was compared by: without the values that proved crowded.
    """

    groups: list[list[UUID]]
    because: list[Likely]
    compared: Mapping[UUID, Traits]


def partition(
    people: Collection[Person],
    likely: Collection[Likely],
    holders: Mapping[Identifier, Collection[UUID]],
    recogniser: Recogniser,
    said: Said | None = None,
) -> Partition:
    """Put together who is one person.

    `people` go by the ids of `node_id`; `holders` tell who carries each shared identifier. A value
    that proves to be shared by more customers than its limit says nothing, and all is done again
    without it. What people said comes first and is never overruled.
    """
    words = said or Said()
    crowded: frozenset[Identifier] = frozenset()
    while True:
        compared = {one.record_id: without(one.traits or Traits(), crowded) for one in people}
        left = likely
        if crowded:
            left = _weighed_again(people, compared, likely, holders, crowded, recogniser)
        gathering = Gathering(people, compared, recogniser, words)
        gathering.gather(left, _lent(holders, crowded))
        result = Partition(gathering.groups, gathering.because, compared)
        owner = {
            record_id: place for place, group in enumerate(result.groups) for record_id in group
        }
        found = crowded | {
            identifier
            for identifier, record_ids in holders.items()
            if len({owner[record_id] for record_id in record_ids})
            > LIMITS[identifier.kind].customers
        }
        if found == crowded:
            return result
        crowded = found


def _lent(
    holders: Mapping[Identifier, Collection[UUID]], crowded: frozenset[Identifier]
) -> list[Lent]:
    """Give the lent identifiers that still identify, with the records that tell them, in order."""
    return [
        (identifier.kind, sorted(holders[identifier]))
        for identifier in sorted(holders.keys() - crowded, key=lambda one: one.name)
        if identifier.kind in LENT
    ]


def _weighed_again(
    people: Collection[Person],
    compared: Mapping[UUID, Traits],
    likely: Iterable[Likely],
    holders: Mapping[Identifier, Collection[UUID]],
    crowded: frozenset[Identifier],
    recogniser: Recogniser,
) -> list[Likely]:
    """Leave out what crowded values said, and weigh again what is left."""
    before = {one.record_id: one.traits or Traits() for one in people}
    common = {record_id: told_of(told, crowded) for record_id, told in before.items()}
    shared: dict[tuple[UUID, UUID], set[IdentifierKind]] = {}
    for identifier, record_ids in holders.items():
        if identifier not in crowded:
            for pair in combinations(sorted(record_ids), 2):
                shared.setdefault(pair, set()).add(identifier.kind)
    weigh, least = recogniser.model.weigh, recogniser.thresholds.review
    left: list[Likely] = []
    for one in likely:
        kinds = frozenset(shared.get((one.left_id, one.right_id), ()))
        weight = weigh(compared[one.left_id], compared[one.right_id])
        said = CROWDED_BITS if common[one.left_id] & common[one.right_id] else 0.0
        if one.weight:  # with what values said that are crowded in the whole base: it is said once
            said = max(said, one.weight - weigh(before[one.left_id], before[one.right_id]))
        weight += said
        if kinds or weight >= least:
            left.append(Likely(one.left_id, one.right_id, kinds, weight))
    return left
