"""What a batch of events tells, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from segmentation.domain.rules import Subjects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from chassis.identity.erasure import Erasure
    from chassis.identity.moves import Turn
    from segmentation.domain.attribute_forms import AttributeForm
    from segmentation.domain.facts import (
        AttributeFact,
        Change,
        ComplaintFact,
        InteractionFact,
        OrderFact,
        Owner,
        ReturnFact,
    )

F = TypeVar("F", "OrderFact", "ReturnFact", "ComplaintFact", "AttributeFact", "InteractionFact")


@dataclass(frozen=True, slots=True)
class Told:
    """Facts, turns and erasures, in the order they were told in, which does not matter."""

    orders: tuple[OrderFact, ...] = ()
    returns: tuple[ReturnFact, ...] = ()
    complaints: tuple[ComplaintFact, ...] = ()
    attributes: tuple[AttributeFact, ...] = ()
    interactions: tuple[InteractionFact, ...] = ()
    forms: tuple[AttributeForm, ...] = ()
    turns: tuple[Turn, ...] = ()
    erasures: tuple[Erasure, ...] = ()

    @property
    def owners(self) -> set[Owner]:
        """Whose facts were told, as they were told."""
        facts = chain(
            self.orders, self.returns, self.complaints, self.attributes, self.interactions
        )
        return {fact.owner for fact in facts if fact.owner is not None}

    @property
    def subjects(self) -> Subjects:
        """Say what the facts are about, as far as rules speak of it."""
        return Subjects(
            attributes=frozenset(fact.attribute for fact in self.attributes),
            interactions=bool(self.interactions),
            purchases=bool(self.orders),
        )

    def under(self, present: Mapping[Owner, Owner]) -> Told:
        """Give the same with each owner as it is by now."""
        return replace(
            self,
            orders=tuple(_under(fact, present) for fact in self.orders),
            returns=tuple(_under(fact, present) for fact in self.returns),
            complaints=tuple(_under(fact, present) for fact in self.complaints),
            attributes=tuple(_under(fact, present) for fact in self.attributes),
            interactions=tuple(_under(fact, present) for fact in self.interactions),
        )


def together(parts: Iterable[Told]) -> Told:
    """Put what several events tell into one."""
    told = list(parts)
    return Told(
        orders=tuple(fact for part in told for fact in part.orders),
        returns=tuple(fact for part in told for fact in part.returns),
        complaints=tuple(fact for part in told for fact in part.complaints),
        attributes=tuple(fact for part in told for fact in part.attributes),
        interactions=tuple(fact for part in told for fact in part.interactions),
        forms=tuple(form for part in told for form in part.forms),
        turns=tuple(turn for part in told for turn in part.turns),
        erasures=tuple(erasure for part in told for erasure in part.erasures),
    )


def orders_that_decide(
    changes: Iterable[Change[ReturnFact] | Change[ComplaintFact]],
) -> set[UUID]:
    """Name the orders whose customer is, or was until now, also that of these facts."""
    facts = (fact for change in changes for fact in (change.before, change.after))
    return {
        fact.order_id
        for fact in facts
        if fact is not None and fact.owner is None and fact.order_id is not None
    }


def concerned(
    known: Mapping[UUID, OrderFact],
    orders: Iterable[Change[OrderFact]],
    others: Iterable[Change[ReturnFact] | Change[ComplaintFact]],
) -> set[str]:
    """Name the customers whose indicators may have changed, whether they gained or lost a fact."""
    owners = {order_id: order.owner for order_id, order in known.items()}
    found: set[str] = set()
    for change in orders:
        owners[change.after.order_id] = change.after.owner
        found |= _names(change.before and change.before.owner, change.after.owner)
    for change in others:
        for fact in (change.before, change.after):
            if fact is not None:
                order_owner = owners.get(fact.order_id) if fact.order_id is not None else None
                found |= _names(fact.owner or order_owner)
    return found


def owners_of(changes: Iterable[Change[AttributeFact] | Change[InteractionFact]]) -> set[str]:
    """Name the customers who gained or lost something that they declared, or a touch."""
    found: set[str] = set()
    for change in changes:
        found |= _names(change.before and change.before.owner, change.after.owner)
    return found


def _names(*owners: Owner | None) -> set[str]:
    named = (owner.customer_id for owner in owners if owner is not None)
    return {customer_id for customer_id in named if customer_id is not None}


def _under(fact: F, present: Mapping[Owner, Owner]) -> F:
    return fact if fact.owner is None else replace(fact, owner=present[fact.owner])
