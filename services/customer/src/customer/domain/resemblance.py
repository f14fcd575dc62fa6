"""The fuzzy tier: whom a record resembles so much that it is the same person, or may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.crowding import CROWDED_BITS, crowded_part
from customer.domain.guard import Person, against_likeness, have_conflicting_ids
from customer.domain.judgements import Judgement, Verdict, judge_by_model
from customer.domain.linkage.decision import Candidate, Member, decide

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from customer.domain.book import Book, KnownCustomer
    from customer.domain.identifiers import Identifier
    from customer.domain.linkage.model import Part
    from customer.domain.neighbourhood import Near, Neighbourhood, Portrait

LIKENESS = "likeness"
"""What a record was matched on when no identifier did it."""
REVIEWS_EACH = 3
"""How many possible customers one record may bring before a person, the most alike first."""


@dataclass(frozen=True, slots=True)
class Resembling:
    """A customer whom a record resembles, and the judgement about the pair most alike."""

    customer: KnownCustomer
    record_id: UUID
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Customers who are the person, the surest first, and those of whom a person decides."""

    same: tuple[Resembling, ...] = ()
    unsure: tuple[Resembling, ...] = ()


def resemblance(
    book: Book,
    person: Person,
    portrait: Portrait,
    group: Sequence[KnownCustomer],
    *,
    apart_from: Collection[str],
    doubted: Collection[str] = (),
    crowded: Collection[Identifier] = (),
) -> Resemblance:
    """Find who resembles a record, besides `group`, to whom it belongs already.

    What is compared are the person's traits; the portrait's keys tell where to look, and what it
    tells that is `crowded` counts a little.

    `apart_from` are customers of whom the exact tier has decided. Those `doubted` share an
    identifier that something contradicts: they are joined only by as much more than is needed as
    the whole grey zone is wide, and a person decides else. A customer is never joined
    against a person's word or a conflicting official id, and of two who may not be joined with
    each other only the surer is.
    """
    hood = book.neighbourhood
    if hood is None or person.traits is None:
        return Resemblance()
    own_ids = {customer.id for customer in group}
    near = {
        customer_id: _with_crowded(portrait, found, crowded)
        for customer_id, found in book.near(person.record_id, portrait, person.traits).items()
        if customer_id not in own_ids and customer_id not in apart_from
    }
    if not near:
        return Resemblance()
    people = [known for customer in group for known in customer.people]
    decision = decide(
        hood.recogniser.model,
        hood.recogniser.thresholds,
        Member(person.record_id, person.traits),
        [_candidate(book.customer(customer_id), found) for customer_id, found in near.items()],
        own=_members(known for known in people if known.record_id != person.record_id),
    )
    same: list[Resembling] = []
    joined, known_people = list(group), [person, *people]
    siblings: list[KnownCustomer] = []
    may_be_siblings = hood.recogniser.model.has_households
    for customer_id in decision.link:
        customer = book.customer(customer_id)
        if customer_id in doubted and near[customer_id][0].weight < hood.recogniser.beyond_doubt:
            continue
        if any(book.are_kept_apart(customer_id, other.id) for other in joined):
            continue
        if have_conflicting_ids(known_people, customer.people):
            continue
        if against_likeness(known_people, customer.people, may_be_siblings=may_be_siblings):
            siblings.append(customer)
            continue
        part = crowded_part(portrait.traits, near[customer_id][0].traits, crowded)
        same.append(_judge(hood, person, customer, near[customer_id][0], Verdict.SAME, part))
        joined.append(customer)
        known_people += customer.people
    settled = {customer.id for customer in joined}
    in_doubt = [
        *(customer.id for customer in siblings),
        *(customer_id for customer_id, _, _ in decision.review),
    ]
    unsure = [
        _judge(
            hood,
            person,
            book.customer(customer_id),
            near[customer_id][0],
            Verdict.UNSURE,
            crowded_part(portrait.traits, near[customer_id][0].traits, crowded),
        )
        for customer_id in in_doubt
        if customer_id not in settled
        and customer_id not in doubted
        and not any(book.are_kept_apart(customer_id, other.id) for other in joined)
    ]
    return Resemblance(tuple(same), tuple(unsure[:REVIEWS_EACH]))


def _candidate(customer: KnownCustomer, found: Sequence[Near]) -> Candidate:
    return Candidate(
        customer_id=customer.id,
        age_rank=customer.age_rank,
        met=[(near.record_id, near.weight) for near in found],
        members=_members(customer.people),
    )


def _members(people: Iterable[Person]) -> list[Member]:
    return [Member(known.record_id, known.traits) for known in people if known.traits is not None]


def _judge(
    hood: Neighbourhood,
    person: Person,
    customer: KnownCustomer,
    near: Near,
    verdict: Verdict,
    crowded: tuple[Part, ...],
) -> Resembling:
    model = hood.recogniser.model
    parts = model.explain(person.traits, near.traits) if person.traits is not None else ()
    judgement = judge_by_model(
        (person.record_id, near.record_id), verdict, model.version, (*parts, *crowded)
    )
    return Resembling(customer, near.record_id, judgement)


def _with_crowded(
    portrait: Portrait, found: Sequence[Near], crowded: Collection[Identifier]
) -> Sequence[Near]:
    if not crowded:
        return found
    weighed = [
        replace(near, weight=near.weight + CROWDED_BITS)
        if crowded_part(portrait.traits, near.traits, crowded)
        else near
        for near in found
    ]
    return sorted(weighed, key=lambda near: (-near.weight, near.record_id))
