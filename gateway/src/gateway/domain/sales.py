"""What may carry a customer claim, and what becomes of it while the customer service is away."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class Sale:
    """Something filed with the claim of a till: `needs_customer` when it cannot wait for who."""

    scope: Scope
    needs_customer: bool


SALES = {
    "/v1/orders": Sale(Scope.ORDERS_WRITE, needs_customer=False),
    "/v1/returns": Sale(Scope.ORDERS_WRITE, needs_customer=False),
    "/v1/complaints": Sale(Scope.COMPLAINTS_WRITE, needs_customer=True),
}
