"""Claiming a sale that was nobody's."""

from __future__ import annotations

from chassis.errors import Conflict
from orders.domain.placing import CustomerState


class OrderHasCustomer(Conflict):
    slug = "order-has-customer"
    title = "It is known whose order it is"


class OrderClaimWaits(Conflict):
    slug = "order-claim-waits"
    title = "A claim of the order waits to be resolved"


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
