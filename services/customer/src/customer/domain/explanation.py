"""Explaining why two are one, or why they are not: what is weighed, and what outweighs it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.crowding import CROWDED, CROWDED_BITS, told_of
from customer.domain.guard import (
    LENT,
    VETOES,
    Contradiction,
    Person,
    against_likeness,
    allows_joining,
    backs_a_lent_identifier,
    contradictions_between,
)
from customer.domain.identifiers import LIMITS, Identifier
from customer.domain.linkage.model import Part, Thresholds
from customer.domain.neighbourhood import Recogniser, without

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Standing(StrEnum):
    """Whether a shared value says who somebody is."""

    COUNTS = "counts"
    CROWDED = "crowded"
    BLOCKED = "blocked"


class Reason(StrEnum):
    """What decides: the first of an explanation's reasons is the strongest."""

    JOINED = "joined"
    KEPT_APART = "kept-apart"
    OFFICIAL_IDS_CONFLICT = "official-ids-conflict"
    CONTRADICTED = "contradicted"
    NOTHING_BACKS_IT = "nothing-backs-it"
    MAY_BE_TWINS = "may-be-twins"
    IDENTIFIERS_CROWDED = "identifiers-crowded"
    NOTHING_SHARED = "nothing-shared"
    NOTHING_TO_COMPARE = "nothing-to-compare"
    TOO_LITTLE_ALIKE = "too-little-alike"
    A_PERSON_DECIDES = "a-person-decides"
    NOT_ALIKE_AS_A_WHOLE = "not-alike-as-a-whole"
    NOT_TOLD_SINCE = "not-told-since"


@dataclass(frozen=True, slots=True)
class Shared:
    """A value that both sides have, and how many have it."""

    identifier: Identifier
    customers: int
    records: int
    is_blocked: bool

    @property
    def standing(self) -> Standing:
        """Tell whether it counts: a value that too many share identifies nobody."""
        if self.is_blocked:
            return Standing.BLOCKED
        limit = LIMITS[self.identifier.kind]
        if self.customers > limit.customers or self.records > limit.records:
            return Standing.CROWDED
        return Standing.COUNTS


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pair of records most alike, what each field weighs, and the mean over all pairs."""

    left_id: UUID
    right_id: UUID
    weight: float
    parts: tuple[Part, ...]
    mean: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two sides are one customer, or why they are not."""

    are_one: bool
    reasons: tuple[Reason, ...]
    shared: tuple[Shared, ...]
    contradictions: tuple[Contradiction, ...]
    comparison: Comparison | None
    model_version: str
    thresholds: Thresholds


def explain(
    left: Sequence[Person],
    right: Sequence[Person],
    shared: Sequence[Shared],
    recogniser: Recogniser,
    *,
    are_one: bool,
    are_kept_apart: bool,
) -> Explanation:
    """Weigh two sides as an intake does; crowded and blocked values count for nothing."""
    contradictions = set(contradictions_between(left, right))
    if are_kept_apart:
        contradictions.add(Contradiction.KEPT_APART)
    comparison = compare(left, right, shared, recogniser)
    by_identifiers = _against_identifiers(left, right, shared, contradictions - VETOES)
    by_likeness = _against_likeness(comparison, recogniser.thresholds)
    may_be_siblings = recogniser.model.has_households
    if by_likeness is None and against_likeness(left, right, may_be_siblings=may_be_siblings):
        by_likeness = Reason.MAY_BE_TWINS
    reasons = [Reason.JOINED] if are_one else _reasons(contradictions, by_identifiers, by_likeness)
    return Explanation(
        are_one=are_one,
        reasons=tuple(reasons),
        shared=tuple(sorted(shared, key=lambda one: one.identifier.kind.rank)),
        contradictions=tuple(sorted(contradictions)),
        comparison=comparison,
        model_version=recogniser.model.version,
        thresholds=recogniser.thresholds,
    )


def compare(
    left: Sequence[Person],
    right: Sequence[Person],
    shared: Sequence[Shared],
    recogniser: Recogniser,
) -> Comparison | None:
    """Find the pair of records most alike, and the mean weight of all pairs across.

    The guard takes the mean of at most twelve of them. None where nothing can be compared.
    """
    idle = {one.identifier for one in shared if one.standing is not Standing.COUNTS}
    mine, theirs = (
        [
            (person.record_id, without(person.traits, idle))
            for person in side
            if person.traits is not None
        ]
        for side in (left, right)
    )
    crowded = {one.identifier for one in shared if one.standing is Standing.CROWDED}
    told = {
        person.record_id: told_of(person.traits, crowded)
        for person in (*left, *right)
        if person.traits is not None
    }
    weights = {
        (one_id, other_id): recogniser.model.weigh(one, other)
        + (CROWDED_BITS if told[one_id] & told[other_id] else 0.0)
        for one_id, one in mine
        for other_id, other in theirs
    }
    if not weights:
        return None
    best = min(weights, key=lambda pair: (-weights[pair], pair))
    parts = recogniser.model.explain(dict(mine)[best[0]], dict(theirs)[best[1]])
    if told[best[0]] & told[best[1]]:
        parts = (*parts, CROWDED)
    mean = sum(weights.values()) / len(weights)
    return Comparison(*best, weights[best], parts, mean, len(weights))


def _reasons(
    contradictions: Collection[Contradiction],
    by_identifiers: Reason | None,
    by_likeness: Reason | None,
) -> list[Reason]:
    """Say what keeps two from being joined, the strongest first."""
    vetoes = [reason for veto, reason in _VETOES.items() if veto in contradictions]
    if not vetoes and (by_identifiers is None or by_likeness is None):
        return [Reason.NOT_TOLD_SINCE]
    return [*vetoes, *filter(None, (by_identifiers, by_likeness))]


def _against_identifiers(
    left: Sequence[Person],
    right: Sequence[Person],
    shared: Sequence[Shared],
    contradictions: Collection[Contradiction],
) -> Reason | None:
    if not shared:
        return Reason.NOTHING_SHARED
    counting = [one for one in shared if one.standing is Standing.COUNTS]
    if not counting:
        return Reason.IDENTIFIERS_CROWDED
    kinds = {one.identifier.kind for one in counting}
    if not allows_joining(kinds, contradictions):
        return Reason.CONTRADICTED
    owners = max(one.customers for one in counting)
    if LENT.issuperset(kinds) and not backs_a_lent_identifier(
        left,
        right,
        has_one_owner=owners <= 2,  # noqa: PLR2004 - the two sides
    ):
        return Reason.NOTHING_BACKS_IT
    return None


def _against_likeness(comparison: Comparison | None, thresholds: Thresholds) -> Reason | None:
    if comparison is None:
        return Reason.NOTHING_TO_COMPARE
    if comparison.weight < thresholds.review:
        return Reason.TOO_LITTLE_ALIKE
    if comparison.weight < thresholds.link:
        return Reason.A_PERSON_DECIDES
    return Reason.NOT_ALIKE_AS_A_WHOLE if comparison.mean < thresholds.join else None


_VETOES = {
    Contradiction.KEPT_APART: Reason.KEPT_APART,
    Contradiction.OFFICIAL_ID: Reason.OFFICIAL_IDS_CONFLICT,
}


def chain(
    pairs: Mapping[UUID, tuple[UUID, UUID]], begin: Collection[UUID], end: Collection[UUID]
) -> list[UUID]:
    """Give the fewest judgements that lead from one of some records to one of others.

    `pairs` are the two records of each judgement that says "same"; empty where none lead there.
    """
    beside: dict[UUID, list[tuple[UUID, UUID]]] = {}
    for judgement_id, (left_id, right_id) in sorted(pairs.items()):
        beside.setdefault(left_id, []).append((right_id, judgement_id))
        beside.setdefault(right_id, []).append((left_id, judgement_id))
    came_by: dict[UUID, tuple[UUID, UUID] | None] = dict.fromkeys(sorted(begin))
    waiting = deque(came_by)
    while waiting:
        record_id = waiting.popleft()
        if record_id in end:
            return _way_back(came_by, record_id)
        for other_id, judgement_id in beside.get(record_id, []):
            if other_id not in came_by:
                came_by[other_id] = (record_id, judgement_id)
                waiting.append(other_id)
    return []


def _way_back(came_by: Mapping[UUID, tuple[UUID, UUID] | None], record_id: UUID) -> list[UUID]:
    way: list[UUID] = []
    while (step := came_by[record_id]) is not None:
        record_id, judgement_id = step
        way.append(judgement_id)
    return way[::-1]
