"""Exchanges: the order that a customer took for goods that came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, Invalid
from orders.domain.commercial import Commercial, OrderAlreadyCancelled

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from orders.domain.order import Order
    from orders.domain.settling import Paid
    from orders.domain.taking_back import Return


class AlreadyExchanged(Conflict):
    slug = "already-exchanged"
    title = "The return was exchanged for another order"


class CreditAboveRefund(Invalid):
    slug = "credit-above-refund"
    title = "The credit is more than the goods that came back are worth"


class ExchangeForItself(Conflict):
    slug = "exchange-for-itself"
    title = "The goods came back from the very order that would be taken for them"


class MoreCreditedThanPaid(Conflict):
    slug = "more-credited-than-paid"
    title = "More would be credited than is left of what was paid for the goods"


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
    told: Return,
    order: Order,
    credit_minor: int | None,
    *,
    known: Exchange | None,
    returned_from: Paid | None,
    at: datetime,
) -> Exchange:
    """Give the exchange of a return for an order; the same again is the first one.

    Without a credit all that is left of the refund pays for the order, up to its total.
    `returned_from` is what the order comes to that the goods came back from, where there is one:
    what was refunded or credited of it already is not credited again. Raises `AlreadyExchanged`,
    `CreditAboveRefund`, `MoreCreditedThanPaid`, `ExchangeForItself`, `ExchangeAcrossCustomers`,
    `ExchangeAcrossCurrencies`, `OrderAlreadyCancelled`.
    """
    if told.currency != order.currency:
        message = f"The return is in {told.currency}, the order in {order.currency}."
        raise ExchangeAcrossCurrencies(message)
    if told.customer_id and order.customer_id and told.customer_id != order.customer_id:
        raise ExchangeAcrossCustomers(ExchangeAcrossCustomers.title)
    if told.order_id == order.id:
        raise ExchangeForItself("Exchange it for the order that the customer took instead.")
    if order.commercial is Commercial.CANCELLED:
        raise OrderAlreadyCancelled(OrderAlreadyCancelled.title)
    if credit_minor is not None and credit_minor > told.refund_minor:
        problem = f"is {credit_minor}, and the return comes to {told.refund_minor}"
        mend = f"Send at most {told.refund_minor}."
        raise CreditAboveRefund(mend, fields=[FieldProblem("credit_minor", problem, mend)])
    if known is not None:
        is_the_same = known.order_id == order.id and credit_minor in {None, known.credit_minor}
        if not is_the_same:
            raise AlreadyExchanged(AlreadyExchanged.title)
        return known
    left = _left(told, returned_from)
    wished = min(told.refund_minor, order.present_total_minor)
    credit = min(wished, left) if credit_minor is None else credit_minor
    if credit > left or (wished and not left):
        message = f"{credit_minor or wished} would be credited, and {left} is left of the return."
        raise MoreCreditedThanPaid(message)
    return Exchange(return_id=told.id, order_id=order.id, credit_minor=credit, exchanged_at=at)


def _left(told: Return, returned_from: Paid | None) -> int:
    if returned_from is None:
        return told.refund_minor
    return min(told.refund_minor, returned_from.creditable_minor)
