"""Resolution by exact identifiers: to whom a source record belongs, and who thereby are one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.book import Book, KnownCustomer
from customer.domain.guard import (
    Contradiction,
    Person,
    allows_joining,
    contradictions_between,
)
from customer.domain.identifiers import IdentifierKind
from customer.domain.judgements import Judgement, Verdict, judge_by_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from customer.domain.claims import Usable


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A judgement about the record, and the customer of the other record of its pair."""

    judgement: Judgement
    other_record_id: UUID
    other_customer_id: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a record belongs: to nobody known yet when `customer_id` is None.

    `retired` are customers that prove to be the same person; `crowded` are the fields whose
    values too many share.
    """

    customer_id: str | None
    retired: tuple[str, ...]
    matched_on: tuple[IdentifierKind, ...]
    conclusions: tuple[Conclusion, ...]
    crowded: tuple[str, ...]


@dataclass(slots=True)
class _Candidate:
    """A customer that some identifier of the record points to."""

    customer: KnownCustomer
    record_id: UUID
    shared: set[IdentifierKind] = field(default_factory=set)

    @property
    def strength(self) -> tuple[int, int]:
        """Sort the stronger first: the most trusted kind decides, then how many kinds agree."""
        return min(kind.rank for kind in self.shared), -len(self.shared)


def place(
    book: Book, person: Person, usable: Sequence[Usable], *, own_id: str | None = None
) -> Placement:
    """Place a record by its identifiers.

    `own_id` is the customer of a record that came before: it never leaves this customer by
    machine, it can only bring others to it. Two customers who contradict each other stay apart
    although the record points to both; when neither has the stronger claim to the record, it
    becomes a customer of its own and a person decides.
    """
    candidates, crowded = _find_candidates(book, person.record_id, usable)
    own = candidates.pop(own_id, None) if own_id is not None else None
    known = [person]
    if own_id is not None:
        people = book.customer(own_id).people
        known += [other for other in people if other.record_id != person.record_id]
    joined, refused = _judge(candidates.values(), known, may_be_ambiguous=own_id is None)

    members = [candidate.customer for candidate in joined]
    if own_id is not None:
        members.append(book.customer(own_id))
    members.sort(key=lambda customer: customer.age_rank)
    matched = [*joined, *([own] if own is not None else [])]
    conclusions = (
        *(_conclude(person, candidate, Verdict.SAME, ()) for candidate in joined),
        *(_conclude(person, candidate, Verdict.UNSURE, why) for candidate, why in refused),
    )
    return Placement(
        customer_id=members[0].id if members else None,
        retired=tuple(member.id for member in members[1:]),
        matched_on=_by_trust({kind for candidate in matched for kind in candidate.shared}),
        conclusions=tuple(new for new in conclusions if not book.was_judged(new.judgement)),
        crowded=crowded,
    )


def _find_candidates(
    book: Book, record_id: UUID, usable: Iterable[Usable]
) -> tuple[dict[str, _Candidate], tuple[str, ...]]:
    candidates: dict[str, _Candidate] = {}
    crowded: list[str] = []
    for use in sorted(usable, key=lambda use: use.identifier.kind.rank):
        if book.is_crowded(use.identifier, apart_from=record_id):
            crowded.append(use.field)
            continue
        for holder in book.holders(use.identifier, apart_from=record_id):
            candidate = candidates.setdefault(
                holder.customer_id,
                _Candidate(book.customer(holder.customer_id), holder.record_id),
            )
            candidate.shared.add(use.identifier.kind)
    return candidates, tuple(crowded)


_Refused = tuple[_Candidate, frozenset[Contradiction]]


def _judge(
    candidates: Iterable[_Candidate], known: Sequence[Person], *, may_be_ambiguous: bool
) -> tuple[list[_Candidate], list[_Refused]]:
    """Split candidates into those who are the person and those who may or may not be."""
    acceptable: list[_Candidate] = []
    refused: list[_Refused] = []
    for candidate in sorted(candidates, key=lambda one: (one.strength, one.customer.age_rank)):
        contradictions = contradictions_between(known, candidate.customer.people)
        if allows_joining(candidate.shared, contradictions):
            acceptable.append(candidate)
        else:
            refused.append((candidate, contradictions))
    joined: list[_Candidate] = []
    rivals: list[_Refused] = []
    group = list(known)
    for candidate in acceptable:
        contradictions = contradictions_between(group, candidate.customer.people)
        if allows_joining(candidate.shared, contradictions):
            joined.append(candidate)
            group.extend(candidate.customer.people)
        else:
            rivals.append((candidate, contradictions | {Contradiction.RIVALS}))
    if may_be_ambiguous and any(rival.strength == joined[0].strength for rival, _ in rivals):
        rivals += [(candidate, frozenset({Contradiction.RIVALS})) for candidate in joined]
        joined = []
    return joined, refused + rivals


def _conclude(
    person: Person,
    candidate: _Candidate,
    verdict: Verdict,
    contradictions: Collection[Contradiction],
) -> Conclusion:
    pair = (person.record_id, candidate.record_id)
    judgement = judge_by_rule(pair, verdict, candidate.shared, contradictions)
    return Conclusion(judgement, candidate.record_id, candidate.customer.id)


def _by_trust(kinds: Collection[IdentifierKind]) -> tuple[IdentifierKind, ...]:
    return tuple(sorted(kinds, key=lambda kind: kind.rank))
