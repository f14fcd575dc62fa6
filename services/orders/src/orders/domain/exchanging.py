"""Exchanges: the order that a customer took for goods that came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, Invalid

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from orders.domain.order import Order
    from orders.domain.taking_back import Return


class AlreadyExchanged(Conflict):
    slug = "already-exchanged"
    title = "The return was exchanged for another order"


class CreditAboveRefund(Invalid):
    slug = "credit-above-refund"
    title = "The credit is more than the goods that came back are worth"


class ExchangeAcrossCustomers(Conflict):
    slug = "exchange-across-customers"
    title = "The return and the order are not the same customer's"


class ExchangeAcrossCurrencies(Conflict):
    slug = "exchange-across-currencies"
    title = "The return and the order are not in the same currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An order taken for a return; `credit_minor` of its refund pays for the order."""

    return_id: UUID
    order_id: UUID
    credit_minor: int
    exchanged_at: datetime


def exchange(
    told: Return, order: Order, credit_minor: int | None, *, known: Exchange | None, at: datetime
) -> Exchange:
    """Give the exchange of a return for an order; the same again is the first one.

    Without a credit all of the refund pays for the order, up to its total. Raises
    `AlreadyExchanged`, `CreditAboveRefund`, `ExchangeAcrossCustomers`, `ExchangeAcrossCurrencies`.
    """
    if told.currency != order.currency:
        message = f"The return is in {told.currency}, the order in {order.currency}."
        raise ExchangeAcrossCurrencies(message)
    if told.customer_id and order.customer_id and told.customer_id != order.customer_id:
        raise ExchangeAcrossCustomers(ExchangeAcrossCustomers.title)
    credit = min(told.refund_minor, order.present_total_minor)
    credit = credit if credit_minor is None else credit_minor
    if credit > told.refund_minor:
        problem = f"is {credit}, and the return comes to {told.refund_minor}"
        mend = f"Send at most {told.refund_minor}."
        raise CreditAboveRefund(mend, fields=[FieldProblem("credit_minor", problem, mend)])
    if known is None:
        return Exchange(return_id=told.id, order_id=order.id, credit_minor=credit, exchanged_at=at)
    is_the_same = known.order_id == order.id and credit_minor in {None, known.credit_minor}
    if not is_the_same:
        raise AlreadyExchanged(AlreadyExchanged.title)
    return known
