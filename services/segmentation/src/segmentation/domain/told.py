"""What a batch of events tells, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from segmentation.domain.facts import Change, ComplaintFact, OrderFact, Owner, ReturnFact

F = TypeVar("F", "OrderFact", "ReturnFact", "ComplaintFact")


@dataclass(frozen=True, slots=True)
class Merge:
    """Two customers turned out to be one: the retired id answers with the survivor's for ever."""

    retired_id: str
    survivor_id: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Facts and merges, in the order they were told in, which does not matter."""

    orders: tuple[OrderFact, ...] = ()
    returns: tuple[ReturnFact, ...] = ()
    complaints: tuple[ComplaintFact, ...] = ()
    merges: tuple[Merge, ...] = ()

    @property
    def customer_ids(self) -> set[str]:
        """The ids under which facts were told."""
        facts = chain(self.orders, self.returns, self.complaints)
        return {fact.owner.customer_id for fact in facts if fact.owner is not None}

    def under(self, survivors: Mapping[str, str]) -> Told:
        """Give the same with each retired id replaced by its survivor."""
        return replace(
            self,
            orders=tuple(_under(fact, survivors) for fact in self.orders),
            returns=tuple(_under(fact, survivors) for fact in self.returns),
            complaints=tuple(_under(fact, survivors) for fact in self.complaints),
        )


def together(parts: Iterable[Told]) -> Told:
    """Put what several events tell into one."""
    told = list(parts)
    return Told(
        orders=tuple(fact for part in told for fact in part.orders),
        returns=tuple(fact for part in told for fact in part.returns),
        complaints=tuple(fact for part in told for fact in part.complaints),
        merges=tuple(merge for part in told for merge in part.merges),
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


def _names(*owners: Owner | None) -> set[str]:
    return {owner.customer_id for owner in owners if owner is not None}


def _under(fact: F, survivors: Mapping[str, str]) -> F:
    owner = fact.owner
    if owner is None or owner.customer_id not in survivors:
        return fact
    return replace(fact, owner=replace(owner, customer_id=survivors[owner.customer_id]))
