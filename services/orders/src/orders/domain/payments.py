"""The payment axis of an order: derived from what was told of its payments, never stored."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID


class PaymentKind(StrEnum):
    """What happened to money: promised, taken, given back, or the promise let go."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"


class PaymentState(StrEnum):
    """Where an order's payment is."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PART_PAID = "part_paid"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"


MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.PENDING: frozenset(
        {PaymentState.AUTHORISED, PaymentState.PART_PAID, PaymentState.PAID}
    ),
    PaymentState.AUTHORISED: frozenset(
        {PaymentState.PENDING, PaymentState.PART_PAID, PaymentState.PAID}
    ),
    PaymentState.PART_PAID: frozenset(
        {PaymentState.PAID, PaymentState.PART_REFUNDED, PaymentState.REFUNDED}
    ),
    PaymentState.PAID: frozenset({PaymentState.PART_REFUNDED, PaymentState.REFUNDED}),
    PaymentState.PART_REFUNDED: frozenset({PaymentState.REFUNDED}),
    PaymentState.REFUNDED: frozenset({PaymentState.PART_REFUNDED}),
}
"""From each state to which a further payment may lead; any other leaves it where it is."""


class MoreRefundedThanPaid(Conflict):
    slug = "more-refunded-than-paid"
    title = "More would be given back than was paid"


class MoreVoidedThanAuthorised(Conflict):
    slug = "more-voided-than-authorised"
    title = "More would be let go than is authorised"


class PaymentReferenceReused(Invalid):
    slug = "payment-reference-reused"
    title = "The payment's reference came with another amount before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One thing that happened to an order's money; `reference` is the provider's own token."""

    kind: PaymentKind
    method: str
    reference: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Paid:
    """What an order's payments come to, in minor units of its currency.

    `credit_minor` is what goods that were exchanged for the order pay of it.
    """

    total_minor: int
    authorised_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    credit_minor: int = 0

    @property
    def state(self) -> PaymentState:
        """The one word for it."""
        if self.refunded_minor:
            is_all = self.refunded_minor >= self.captured_minor
            return PaymentState.REFUNDED if is_all else PaymentState.PART_REFUNDED
        if self.due_minor <= 0:
            return PaymentState.PAID
        if self.captured_minor or self.credit_minor:
            return PaymentState.PART_PAID
        return PaymentState.AUTHORISED if self.authorised_minor else PaymentState.PENDING

    @property
    def due_minor(self) -> int:
        """What is still to be taken; below zero where more was taken than the order costs."""
        return self.total_minor - self.captured_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class OrderPayments:
    """An order's payments in the sequence they were told, and what they come to."""

    order_id: UUID
    currency: str
    paid: Paid
    payments: tuple[Payment, ...]


def add_up(total_minor: int, payments: Iterable[Payment], *, credit_minor: int = 0) -> Paid:
    """Add up an order's payments; what is captured is authorised no longer."""
    sums: Counter[PaymentKind] = Counter()
    for payment in payments:
        sums[payment.kind] += payment.amount_minor
    captured, voided = sums[PaymentKind.CAPTURED], sums[PaymentKind.VOIDED]
    return Paid(
        total_minor=total_minor,
        authorised_minor=max(0, sums[PaymentKind.AUTHORISED] - captured - voided),
        captured_minor=captured,
        refunded_minor=sums[PaymentKind.REFUNDED],
        credit_minor=credit_minor,
    )


def is_repeated(payment: Payment, known: Iterable[Payment], *, field: str) -> bool:
    """Tell whether a payment was told before; raises `PaymentReferenceReused`.

    A provider's reference stands for one thing: the same again changes nothing, also where the
    reference was erased.
    """
    spellings = {payment.reference, erased_reference(payment.reference)}
    for earlier in known:
        if earlier.kind is payment.kind and earlier.reference in spellings:
            if earlier.amount_minor != payment.amount_minor:
                problem = f"came with {earlier.amount_minor} before"
                mend = "Send the provider's own reference for each capture and each refund."
                told = FieldProblem(f"{field}reference", problem, mend)
                raise PaymentReferenceReused(f"The reference {problem}. {mend}", fields=[told])
            return True
    return False


def erased_reference(reference: str) -> str:
    """Give what is left of a reference when its customer is erased: enough to know it again."""
    return f"erased-{hashlib.sha256(reference.encode()).hexdigest()}"


def check_payment(paid: Paid, payment: Payment) -> None:
    """Refuse what cannot be; raises `MoreRefundedThanPaid`, `MoreVoidedThanAuthorised`."""
    amount = payment.amount_minor
    left = paid.captured_minor - paid.refunded_minor
    if payment.kind is PaymentKind.REFUNDED and amount > left:
        message = f"{amount} would be given back, and {left} is left of what was paid. Send less."
        raise MoreRefundedThanPaid(message)
    if payment.kind is PaymentKind.VOIDED and amount > paid.authorised_minor:
        message = f"{amount} would be let go, {paid.authorised_minor} is authorised. Send less."
        raise MoreVoidedThanAuthorised(message)


def check_first_payments(total_minor: int, payments: Sequence[Payment]) -> tuple[Payment, ...]:
    """Check the payments that come with a new order, one after the other; gives each once."""
    kept: list[Payment] = []
    for index, payment in enumerate(payments):
        if not is_repeated(payment, kept, field=f"payments.{index}."):
            check_payment(add_up(total_minor, kept), payment)
            kept.append(payment)
    return tuple(kept)
