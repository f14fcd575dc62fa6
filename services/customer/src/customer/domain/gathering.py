"""Gathering: records joined into people, the strongest evidence first, whatever order they came in.

Identifiers come first and then likeness, as at intake, and the same judges decide: `guard`, and
the claims of `linkage.decision`. Where intake has a record that came last, two groups here are on
a par: what holds from one side must hold from the other.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from customer.domain.groups import Group, accept, person_of
from customer.domain.guard import (
    BARE_TOGETHER,
    GIVEN_TO_ONE,
    Contradiction,
    Person,
    against_likeness,
    allows_joining,
    backs_a_lent_identifier,
    contradictions_between,
    have_conflicting_ids,
)
from customer.domain.likely import Likely
from customer.domain.linkage.decision import Member, claim_bits, mean_across

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from customer.domain.identifiers import IdentifierKind
    from customer.domain.likely import Lent
    from customer.domain.linkage.traits import Traits
    from customer.domain.neighbourhood import Recogniser
    from customer.domain.said import Said


class Gathering:
    """Joins records; every tie is decided by what records say, at last by their own keys."""

    def __init__(
        self,
        people: Iterable[Person],
        compared: Mapping[UUID, Traits],
        recogniser: Recogniser,
        said: Said,
    ) -> None:
        """Begin with everybody alone but those whom people said to be one.

        `compared` is what is weighed of each record: all but what is crowded.
        """
        self._compared = compared
        self.because: list[Likely] = []
        self._recogniser = recogniser
        self._sharing: dict[UUID, dict[UUID, Likely]] = defaultdict(dict)
        self._settled: set[frozenset[UUID]] = set()
        self._groups = {
            person.record_id: Group([person], set(said.sides_of.get(person.record_id, ())))
            for person in people
        }
        for record_id in sorted(said.same_as.keys() & self._groups.keys()):
            for other_id in said.same_as[record_id]:
                if other_id in self._groups:
                    self._join(self._groups[record_id], self._groups[other_id])

    @property
    def groups(self) -> list[list[UUID]]:
        """Give the groups, each in the order of its ids, all in the order of their first."""
        distinct = {id(group): group for group in self._groups.values()}.values()
        return sorted([person.record_id for person in group.people] for group in distinct)

    def gather(self, pairs: Collection[Likely], lent: Iterable[Lent] = ()) -> None:
        """Join whom the pairs make one person; who is known by more records may be joined to more.

        Identifiers that something contradicted are looked at again when likeness joined others.
        At last, when all else is settled, those come to an owner who tell little but what is lent.
        """
        left_over = sorted((pair for pair in pairs if pair.shared), key=lambda one: one.strength)
        for pair in left_over:
            self._sharing[pair.left_id][pair.right_id] = pair
            self._sharing[pair.right_id][pair.left_id] = pair
        left_over = self._by_identifiers(left_over)
        self._by_likeness(pairs)
        before = -1
        while left_over and before != len(self.because):
            before = len(self.because)
            left_over = self._by_identifiers(left_over)
            if before != len(self.because):
                self._by_likeness(pairs)
        for kind, record_ids in lent:
            self._join_holders(kind, record_ids)

    def _by_identifiers(self, pairs: list[Likely]) -> list[Likely]:
        """Join who shares identifiers that nothing outweighs; gives the pairs that joined nobody.

        A record that points with equal trust to two who contradict each other is neither's: it
        stays by itself as far as this goes.
        """
        self._settled.clear()
        before = -1
        while before != len(self.because):
            before = len(self.because)
            pairs = [pair for pair in pairs if not self._join_by_identifier(pair)]
        for pair in pairs:
            self._settle_rivals(pair)
        return pairs

    def _join_by_identifier(self, pair: Likely) -> bool:
        left, right = self._of(pair)
        if left is right:
            return True
        if (
            left.is_kept_apart_from(right)
            or not accept(pair, left.speaking, right.speaking)
            or self._rivals(pair, left, right)
            or self._rivals(pair, right, left)
        ):
            return False
        self._join(left, right)
        self.because.append(pair)
        return True

    def _by_likeness(self, pairs: Iterable[Likely]) -> None:
        """Join who is alike, the surest claim first; claims are made anew as groups grow.

        No claim exceeds the weight of its pair, so that a pair waits under its weight until it
        is looked at.
        """
        waiting = [(-pair.weight, pair.left_id, pair.right_id, pair) for pair in pairs]
        heapify(waiting)
        while waiting:
            key, left_id, right_id, pair = heappop(waiting)
            left, right = self._of(pair)
            if left is right or not self._may_be_alike(pair, left, right):
                continue
            bits = self._claim(pair, left, right)
            if bits < self._recogniser.thresholds.link:
                continue
            if -bits > key and waiting and -bits > waiting[0][0]:
                heappush(waiting, (-bits, left_id, right_id, pair))
            elif self._mean(left, right) >= self._recogniser.thresholds.join:
                self._join(left, right)
                self.because.append(pair)

    def _join_holders(self, kind: IdentifierKind, record_ids: Sequence[UUID]) -> None:
        """Join those who tell a lent identifier and little else with its owner, when it has one.

        All of them or none: so it does not matter who came first.
        """
        found = {id(self._groups[one]): (self._groups[one], one) for one in reversed(record_ids)}
        holders = sorted(found.values(), key=lambda holder: holder[1])
        owners = sum(not group.is_bare for group, _ in holders)
        bare = sum(one.is_bare for group, _ in holders for one in group.people)
        most = 2 if owners == len(holders) else 1
        if len(holders) == 1 or owners > most or bare > BARE_TOGETHER:
            return
        (_, first_id), *others = holders
        for other, other_id in others:
            mine = self._groups[first_id]
            against = contradictions_between(mine.speaking, other.speaking)
            if (
                not mine.is_kept_apart_from(other)
                and allows_joining({kind}, against)
                and backs_a_lent_identifier(mine.speaking, other.speaking, has_one_owner=True)
            ):
                self._join(mine, other)
                self.because.append(Likely(first_id, other_id, frozenset({kind})))

    def _of(self, pair: Likely) -> tuple[Group, Group]:
        return self._groups[pair.left_id], self._groups[pair.right_id]

    def _join(self, left: Group, right: Group) -> None:
        if left is right:
            return
        larger, smaller = (left, right) if len(left.people) >= len(right.people) else (right, left)
        larger.people = sorted(larger.people + smaller.people, key=lambda one: one.record_id)
        larger.sides |= smaller.sides
        for person in smaller.people:
            self._groups[person.record_id] = larger

    def _rivals(self, pair: Likely, own: Group, other: Group) -> list[Group]:
        """Give those who have as good a claim on a single record as `other`, and contradict it.

        A rival remains one when a person keeps it apart: to split as a relink proposes must not
        change what the next one finds.
        """
        if len(own.people) > 1:
            return []
        together = [*own.people, *other.speaking]
        rivals: dict[int, Group] = {}
        for theirs_id, rival_pair in self._sharing[own.people[0].record_id].items():
            theirs = self._groups[theirs_id]
            if (
                theirs is not own
                and theirs is not other
                and id(theirs) not in rivals
                and rival_pair.trust == pair.trust
                and accept(rival_pair, own.people, theirs.speaking)
                and not accept(rival_pair, together, theirs.speaking)
            ):
                rivals[id(theirs)] = theirs
        return [*rivals.values()]

    def _settle_rivals(self, pair: Likely) -> None:
        """Leave to a person what record is whose when two would have it, and not each other."""
        left, right = self._of(pair)
        for record_id, own, other in ((pair.left_id, left, right), (pair.right_id, right, left)):
            if not accept(pair, [person_of(record_id, own)], other.speaking):
                continue
            if len(own.people) > 1:
                self._settle(own, [other])
            elif rivals := self._rivals(pair, own, other):
                self._settle(own, [other, *rivals])

    def _settle(self, own: Group, others: Iterable[Group]) -> None:
        """Let neither identifiers nor likeness of their records join these groups any more."""
        for other in others:
            for pair in self._shared_between(own, other):
                self._settled.add(frozenset((pair.left_id, pair.right_id)))

    def _is_settled(self, left: Group, right: Group) -> bool:
        if not self._settled:
            return False
        return any(
            frozenset((pair.left_id, pair.right_id)) in self._settled
            for pair in self._shared_between(left, right)
        )

    def _shared_between(self, left: Group, right: Group) -> Iterator[Likely]:
        few, many = sorted((left, right), key=lambda group: len(group.people))
        for person in few.people:
            for other_id, pair in self._sharing.get(person.record_id, {}).items():
                if self._groups[other_id] is many:
                    yield pair

    def _may_be_alike(self, pair: Likely, left: Group, right: Group) -> bool:
        """Refuse what has been decided; what something contradicts needs more than is enough."""
        if left.is_kept_apart_from(right) or self._is_settled(left, right):
            return False
        kinds = {kind for one in self._shared_between(left, right) for kind in one.shared}
        if kinds:
            against = contradictions_between(left.speaking, right.speaking)
            if Contradiction.GIVEN_NAME in against and kinds.isdisjoint(GIVEN_TO_ONE):
                return False
            if pair.weight < self._recogniser.beyond_doubt:
                return False
        if have_conflicting_ids(left.speaking, right.speaking):
            return False
        may_be_siblings = self._recogniser.model.has_households
        return not against_likeness(left.speaking, right.speaking, may_be_siblings=may_be_siblings)

    def _claim(self, pair: Likely, left: Group, right: Group) -> float:
        """Give the weaker of the claims that the pair's records have to each other's group."""
        model = self._recogniser.model
        return min(
            claim_bits(
                model, self._member(person_of(record_id, own)), pair.weight, self._members(other)
            )
            for record_id, own, other in (
                (pair.left_id, left, right),
                (pair.right_id, right, left),
            )
        )

    def _mean(self, left: Group, right: Group) -> float:
        return mean_across(self._recogniser.model, self._members(left), self._members(right))

    def _member(self, person: Person) -> Member:
        return Member(person.record_id, self._compared[person.record_id])

    def _members(self, group: Group) -> list[Member]:
        return [self._member(one) for one in group.speaking]
