"""Claiming a sale that was nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import Conflict, NotFound
from orders.domain.placing import CustomerState

if TYPE_CHECKING:
    from orders.domain.order import Order

KEPT_GIVEN_UP = timedelta(days=30)
"""How long what a given-up claim says is kept, so that whoever sent it can be asked about it."""


class OrderHasCustomer(Conflict):
    slug = "order-has-customer"
    title = "It is known whose order it is"


class OrderClaimWaits(Conflict):
    slug = "order-claim-waits"
    title = "A claim of the order waits to be resolved"


class OrderNotClaimed(NotFound):
    slug = "order-not-claimed"
    title = "Nobody has said whose the order is"


class OrderErased(Conflict):
    slug = "order-erased"
    title = "The order's customer was erased"


_REFUSALS: dict[CustomerState, tuple[type[Conflict], str]] = {
    CustomerState.LINKED: (OrderHasCustomer, "Merge the customers, or split them, instead."),
    CustomerState.PENDING: (OrderClaimWaits, "Read the order again after a moment."),
    CustomerState.ERASED: (OrderErased, "It stays nobody's."),
}


def check_claimable(customer: CustomerState) -> None:
    """Let an anonymous order be claimed, and raise the fact that forbids any other."""
    if customer in _REFUSALS:
        refusal, mend = _REFUSALS[customer]
        raise refusal(f"{refusal.title}. {mend}")


class ClaimState(StrEnum):
    """How the claim of an order stands; refused is also what nobody answered for weeks."""

    PENDING = "pending"
    LINKED = "linked"
    REFUSED = "refused"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClaim:
    """A claim that is not linked: how often it was tried, and what was wrong the last time."""

    claimed_at: datetime
    attempts: int
    next_try_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    fields: tuple[str, ...]


def state_of_claim(order: Order, kept: KeptClaim | None) -> ClaimState:
    """Say how an order's claim stands; raises `OrderNotClaimed`.

    What was linked came by a source record; an order that was told with an id was not claimed.
    """
    if order.customer is CustomerState.ERASED:
        return ClaimState.ERASED
    if order.customer is CustomerState.LINKED and order.source_record_id is not None:
        return ClaimState.LINKED
    if kept is None:
        raise OrderNotClaimed
    return ClaimState.REFUSED if kept.next_try_at is None else ClaimState.PENDING
