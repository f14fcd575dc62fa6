"""Partition: people put together from a whole base at once, whatever order their records came in.

The same judges as at intake (`guard`, `linkage.decision`), but evidence is taken from the strongest
to the weakest and not as it arrived. Records go by ids that their own keys give, so that nothing
depends on when a record came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.crowding import CROWDED_BITS, told_of
from customer.domain.guard import (
    BARE_TOGETHER,
    GIVEN_TO_ONE,
    LENT,
    Contradiction,
    Person,
    against_likeness,
    allows_joining,
    backs_a_lent_identifier,
    contradictions_between,
    have_conflicting_ids,
)
from customer.domain.identifiers import LIMITS, Identifier, IdentifierKind
from customer.domain.linkage.decision import Candidate, Member, decide
from customer.domain.linkage.traits import Traits
from customer.domain.neighbourhood import without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from customer.domain.claims import RecordKey
    from customer.domain.neighbourhood import Recogniser

PEOPLE_COMPARED = 30


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that share identifiers, or are alike by so many bits; `left_id` < `right_id`."""

    left_id: UUID
    right_id: UUID
    shared: frozenset[IdentifierKind] = frozenset()
    weight: float = 0.0

    @property
    def strength(self) -> tuple[int, int, float, int, int]:
        """Sort the stronger first: identifiers by trust, then likeness, then the pair itself."""
        trust = min((kind.rank for kind in self.shared), default=len(IdentifierKind))
        pair = (self.left_id.int, self.right_id.int)
        return trust, -len(self.shared), -self.weight, *pair


@dataclass(frozen=True, slots=True)
class Said:
    """What people said: records that are one person, and groups of records that are two."""

    same: Collection[tuple[UUID, UUID]] = ()
    apart: Collection[tuple[frozenset[UUID], frozenset[UUID]]] = ()


@dataclass(slots=True)
class _Group:
    people: list[Person] = field(default_factory=list[Person])

    @property
    def newest(self) -> list[Person]:
        return self.people[:PEOPLE_COMPARED]

    @property
    def is_bare(self) -> bool:
        return all(person.is_bare for person in self.people)


def node_id(key: RecordKey) -> UUID:
    """Give the id of a record in a partition: its key decides, and nothing else.

    It is the MD5 of source, a tab and external id, which DuckDB computes too.
    """
    told = f"{key.source}\t{key.external_id}".encode()
    return UUID(bytes=hashlib.md5(told, usedforsecurity=False).digest())


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups of record ids, each in order, all in order; and the pairs that joined them."""

    groups: list[list[UUID]]
    because: list[Likely]


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
        left = _without(people, likely, holders, crowded, recogniser)
        lent = [
            (identifier.kind, sorted(holders[identifier]))
            for identifier in sorted(holders.keys() - crowded, key=lambda one: one.name)
            if identifier.kind in LENT
        ]
        result = _put_together(people, left, lent, recogniser, words)
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


def _without(
    people: Collection[Person],
    likely: Collection[Likely],
    holders: Mapping[Identifier, Collection[UUID]],
    crowded: frozenset[Identifier],
    recogniser: Recogniser,
) -> list[Likely]:
    """Leave out what crowded values said, and weigh again what is left."""
    if not crowded:
        return list(likely)
    before = {one.record_id: _traits(one) for one in people}
    traits = {record_id: without(told, crowded) for record_id, told in before.items()}
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
        weight = weigh(traits[one.left_id], traits[one.right_id])
        if one.weight:  # with what values said that are crowded in the whole base
            weight += one.weight - weigh(before[one.left_id], before[one.right_id])
        if common[one.left_id] & common[one.right_id]:
            weight += CROWDED_BITS
        if kinds or weight >= least:
            left.append(Likely(one.left_id, one.right_id, kinds, weight))
    return left


def _put_together(
    people: Iterable[Person],
    likely: Iterable[Likely],
    lent: Iterable[_Lent],
    recogniser: Recogniser,
    words: Said,
) -> Partition:
    groups = {person.record_id: _Group([person]) for person in people}
    for left_id, right_id in sorted(words.same):
        if left_id in groups and right_id in groups:
            _join(groups, left_id, right_id)
    because: list[Likely] = []
    for pair in sorted(likely, key=lambda one: one.strength):
        left, right = groups[pair.left_id], groups[pair.right_id]
        if left is right or _kept_apart(left, right, words):
            continue
        if _may_join(pair, left, right, recogniser):
            _join(groups, pair.left_id, pair.right_id)
            because.append(pair)
    for kind, record_ids in lent:
        because += _join_holders(groups, kind, record_ids, words)
    distinct = {id(group): group for group in groups.values()}.values()
    ids = sorted(sorted(person.record_id for person in group.people) for group in distinct)
    return Partition(ids, because)


_Lent = tuple[IdentifierKind, Sequence[UUID]]
"""A lent identifier's kind, and the records that tell it, in order."""


def _join_holders(
    groups: dict[UUID, _Group], kind: IdentifierKind, record_ids: Sequence[UUID], said: Said
) -> list[Likely]:
    """Join those who tell a lent identifier and little else with its owner, when it has one.

    All of them or none, when all else is settled: so it does not matter who came first.
    """
    found = {id(groups[one]): (groups[one], one) for one in reversed(record_ids)}
    holders = sorted(found.values(), key=lambda holder: holder[1])
    owners = sum(not group.is_bare for group, _ in holders)
    bare = sum(one.is_bare for group, _ in holders for one in group.people)
    most = 2 if owners == len(holders) else 1
    if len(holders) == 1 or owners > most or bare > BARE_TOGETHER:
        return []
    (_, first_id), *others = holders
    because: list[Likely] = []
    for other, other_id in others:
        mine = groups[first_id]
        against = contradictions_between(mine.newest, other.newest)
        if (
            not _kept_apart(mine, other, said)
            and allows_joining({kind}, against)
            and backs_a_lent_identifier(mine.newest, other.newest, has_one_owner=True)
        ):
            _join(groups, first_id, other_id)
            because.append(Likely(first_id, other_id, frozenset({kind})))
    return because


def _join(groups: dict[UUID, _Group], left_id: UUID, right_id: UUID) -> None:
    left, right = groups[left_id], groups[right_id]
    if left is right:
        return
    larger, smaller = (left, right) if len(left.people) >= len(right.people) else (right, left)
    larger.people = sorted(larger.people + smaller.people, key=lambda one: one.record_id)
    for person in smaller.people:
        groups[person.record_id] = larger


def _may_join(pair: Likely, left: _Group, right: _Group, recogniser: Recogniser) -> bool:
    if pair.shared:
        against = contradictions_between(left.newest, right.newest)
        if allows_joining(pair.shared, against) and (
            not LENT.issuperset(pair.shared)
            or backs_a_lent_identifier(left.newest, right.newest, has_one_owner=False)
        ):
            return True
        if Contradiction.GIVEN_NAME in against and pair.shared.isdisjoint(GIVEN_TO_ONE):
            return False
        if pair.weight < recogniser.beyond_doubt:
            return False
    if have_conflicting_ids(left.newest, right.newest):
        return False
    may_be_siblings = recogniser.model.has_households
    if against_likeness(left.newest, right.newest, may_be_siblings=may_be_siblings):
        return False
    mine = _member(next(one for one in left.people if one.record_id == pair.left_id))
    candidate = Candidate(
        customer_id="other",
        age_rank=(),
        met=[(pair.right_id, pair.weight)],
        members=[_member(one) for one in right.newest],
    )
    own = [_member(one) for one in left.newest]
    return bool(decide(recogniser.model, recogniser.thresholds, mine, [candidate], own).link)


def _member(person: Person) -> Member:
    return Member(person.record_id, _traits(person))


def _traits(person: Person) -> Traits:
    return person.traits if person.traits is not None else Traits()


def _kept_apart(left: _Group, right: _Group, said: Said) -> bool:
    if not said.apart:
        return False
    mine = {one.record_id for one in left.people}
    theirs = {one.record_id for one in right.people}
    return any(
        (one & mine and other & theirs) or (one & theirs and other & mine)
        for one, other in said.apart
    )
