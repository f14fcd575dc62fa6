"""Resolution: to whom a source record belongs, and who thereby are one; identifiers come first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.book import Book, KnownCustomer
from customer.domain.guard import (
    GIVEN_TO_ONE,
    LENT,
    VETOES,
    Contradiction,
    Person,
    allows_joining,
    backs_a_lent_identifier,
    contradictions_between,
)
from customer.domain.identifiers import IdentifierKind
from customer.domain.judgements import Judgement, Verdict, judge_by_rule
from customer.domain.neighbourhood import without
from customer.domain.resemblance import LIKENESS, Resembling, resemblance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from customer.domain.claims import Usable
    from customer.domain.neighbourhood import Portrait


_DECISIVE = VETOES | {Contradiction.RIVALS}
"""What is not weighed against likeness: it has been decided."""

_Refused = tuple["_Candidate", frozenset[Contradiction]]


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
    matched_on: tuple[str, ...]
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
    book: Book,
    person: Person,
    usable: Sequence[Usable],
    portrait: Portrait,
    *,
    own_id: str | None = None,
) -> Placement:
    """Place a record by its identifiers, then by whom it resembles.

    `own_id` is the customer of a record that came before: it never leaves this customer by
    machine, it can only bring others to it. Two customers who contradict each other, or whom a
    person keeps apart, stay so although the record points to both; when neither has the stronger
    claim to the record, it becomes a customer of its own and a person decides.
    """
    candidates, crowded = _find_candidates(book, person.record_id, usable)
    own = candidates.pop(own_id, None) if own_id is not None else None
    joined, refused = _judge(book, candidates.values(), person, own_id=own_id, own=own)

    members = [candidate.customer for candidate in joined]
    if own_id is not None:
        members.append(book.customer(own_id))
    shut_out = {one[0].customer.id for one in refused if _is_decided(one)}
    doubted = {one.customer.id for one, _ in refused} - shut_out
    distinct = replace(person, traits=without(portrait.traits, [use.identifier for use in crowded]))
    resembled = resemblance(
        book,
        distinct,
        portrait,
        members,
        apart_from=shut_out,
        doubted=doubted,
        crowded=[use.identifier for use in crowded if not book.is_blocked(use.identifier)],
    )
    members += [resembling.customer for resembling in resembled.same]
    members.sort(key=lambda customer: customer.age_rank)
    matched = [*joined, *([own] if own is not None else [])]
    kinds = _by_trust({kind for candidate in matched for kind in candidate.shared})
    conclusions = (
        *(_conclude(person, candidate, Verdict.SAME, ()) for candidate in joined),
        *(
            _conclude(person, candidate, Verdict.UNSURE, why)
            for candidate, why in refused
            if candidate.customer not in members
        ),
        *map(_conclude_likeness, (*resembled.same, *resembled.unsure)),
    )
    return Placement(
        customer_id=members[0].id if members else None,
        retired=tuple(member.id for member in members[1:]),
        matched_on=(*kinds, LIKENESS) if resembled.same else kinds,
        conclusions=tuple(new for new in conclusions if not book.was_judged(new.judgement)),
        crowded=tuple(use.field for use in crowded),
    )


def _find_candidates(
    book: Book, record_id: UUID, usable: Iterable[Usable]
) -> tuple[dict[str, _Candidate], tuple[Usable, ...]]:
    candidates: dict[str, _Candidate] = {}
    crowded: list[Usable] = []
    for use in sorted(usable, key=lambda use: use.identifier.kind.rank):
        if book.is_crowded(use.identifier, apart_from=record_id):
            crowded.append(use)
            continue
        for holder in book.holders(use.identifier, apart_from=record_id):
            candidate = candidates.setdefault(
                holder.customer_id,
                _Candidate(book.customer(holder.customer_id), holder.record_id),
            )
            candidate.shared.add(use.identifier.kind)
    return candidates, tuple(crowded)


def _judge(
    book: Book,
    candidates: Collection[_Candidate],
    person: Person,
    *,
    own_id: str | None,
    own: _Candidate | None,
) -> tuple[list[_Candidate], list[_Refused]]:
    """Split candidates into those who are the person and those who may or may not be.

    A lent identifier that nothing backs points to its owner only where it has a single one.
    """
    mine = [book.customer(own_id)] if own_id is not None else []
    holders = [one for one in (own, *candidates) if one is not None and one.shared & LENT]
    others = [one for customer in mine for one in customer.people]
    known = [person, *(one for one in others if one.record_id != person.record_id)]
    acceptable: list[_Candidate] = []
    refused: list[_Refused] = []
    for candidate in sorted(candidates, key=lambda one: (one.strength, one.customer.age_rank)):
        against = _against(book, candidate, mine, known)
        if allows_joining(candidate.shared, against) and _is_backed(candidate, known, holders):
            acceptable.append(candidate)
        else:
            refused.append((candidate, against))
    joined: list[_Candidate] = []
    rivals: list[_Refused] = []
    group = list(known)
    for candidate in acceptable:
        if not joined:  # nobody has come to those who were asked about it already
            joined.append(candidate)
            group.extend(candidate.customer.people)
            continue
        members = [*mine, *(other.customer for other in joined)]
        against = _against(book, candidate, members, group)
        if allows_joining(candidate.shared, against) and _is_backed(candidate, group, holders):
            joined.append(candidate)
            group.extend(candidate.customer.people)
        else:
            rivals.append((candidate, against | {Contradiction.RIVALS}))
    if own_id is None and any(rival.strength == joined[0].strength for rival, _ in rivals):
        rivals += [(candidate, frozenset({Contradiction.RIVALS})) for candidate in joined]
        joined = []
    return joined, refused + rivals


def _is_backed(
    candidate: _Candidate, people: Sequence[Person], holders: Collection[_Candidate]
) -> bool:
    if not LENT.issuperset(candidate.shared):
        return True
    return backs_a_lent_identifier(
        people, candidate.customer.people, has_one_owner=len(holders) == 1
    )


def _is_decided(refused: _Refused) -> bool:
    """Tell whether likeness has no say any more.

    Who shares a mailbox or a telephone and has another given name lives with the person: there
    all else is alike by nature.
    """
    candidate, why = refused
    if why & _DECISIVE:
        return True
    return Contradiction.GIVEN_NAME in why and candidate.shared.isdisjoint(GIVEN_TO_ONE)


def _against(
    book: Book,
    candidate: _Candidate,
    members: Sequence[KnownCustomer],
    people: Sequence[Person],
) -> frozenset[Contradiction]:
    """Name what speaks against a candidate: what people say of it, and what a person judged."""
    found = contradictions_between(people, candidate.customer.people)
    if any(book.are_kept_apart(candidate.customer.id, member.id) for member in members):
        found |= {Contradiction.KEPT_APART}
    return found


def _conclude(
    person: Person,
    candidate: _Candidate,
    verdict: Verdict,
    contradictions: Collection[Contradiction],
) -> Conclusion:
    pair = (person.record_id, candidate.record_id)
    judgement = judge_by_rule(pair, verdict, candidate.shared, contradictions)
    return Conclusion(judgement, candidate.record_id, candidate.customer.id)


def _conclude_likeness(resembling: Resembling) -> Conclusion:
    return Conclusion(resembling.judgement, resembling.record_id, resembling.customer.id)


def _by_trust(kinds: Collection[IdentifierKind]) -> tuple[IdentifierKind, ...]:
    return tuple(sorted(kinds, key=lambda kind: kind.rank))
