"""What is told of an order's money: authorised, captured, refunded, let go; no card number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class PaymentKind(StrEnum):
    """What happened to money: promised, taken, given back, or the promise let go."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"


class PaymentState(StrEnum):
    """Where an order's payment is; nothing is due of what fell away before anybody paid it."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PART_PAID = "part_paid"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    NOTHING_DUE = "nothing_due"


MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.PENDING: frozenset(
        {PaymentState.AUTHORISED, PaymentState.PART_PAID, PaymentState.PAID}
    ),
    PaymentState.AUTHORISED: frozenset(
        {
            PaymentState.PENDING,
            PaymentState.PART_PAID,
            PaymentState.PAID,
            PaymentState.NOTHING_DUE,
        }
    ),
    PaymentState.PART_PAID: frozenset(
        {PaymentState.PAID, PaymentState.PART_REFUNDED, PaymentState.REFUNDED}
    ),
    PaymentState.PAID: frozenset({PaymentState.PART_REFUNDED, PaymentState.REFUNDED}),
    PaymentState.PART_REFUNDED: frozenset({PaymentState.REFUNDED}),
    PaymentState.REFUNDED: frozenset({PaymentState.PART_REFUNDED}),
    PaymentState.NOTHING_DUE: frozenset({PaymentState.AUTHORISED, PaymentState.PAID}),
}
"""From each state to which a further payment may lead; any other leaves it where it is."""

_ERASED = "erased-"


class MoreRefundedThanPaid(Conflict):
    slug = "more-refunded-than-paid"
    title = "More would be given back than was paid"


class MoreVoidedThanAuthorised(Conflict):
    slug = "more-voided-than-authorised"
    title = "More would be let go than is authorised"


class PaymentReferenceReused(Invalid):
    slug = "payment-reference-reused"
    title = "The payment's reference came with another amount before"


class UnknownAuthorisation(Invalid):
    slug = "unknown-authorisation"
    title = "The payment names an authorisation that was not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One thing that happened to an order's money; `reference` is the provider's own token.

    A capture or a void may say of which authorisation it is, by that one's reference.
    """

    kind: PaymentKind
    method: str
    reference: str
    amount_minor: int
    at: datetime
    authorisation: str | None = None

    def erased(self) -> Payment:
        """Give it with what is left of its references."""
        named = self.authorisation
        return replace(
            self,
            reference=erased_reference(self.reference),
            authorisation=None if named is None else erased_reference(named),
        )


def is_repeated(payment: Payment, known: Iterable[Payment], *, field: str) -> bool:
    """Tell whether a payment was told before; raises `PaymentReferenceReused`.

    A provider's reference stands for one thing: the same again changes nothing, also where the
    reference was erased.
    """
    for earlier in known:
        if earlier.kind is payment.kind and are_the_same(earlier.reference, payment.reference):
            if earlier.amount_minor != payment.amount_minor:
                problem = f"came with {earlier.amount_minor} before"
                mend = "Send the provider's own reference for each capture and each refund."
                told = FieldProblem(f"{field}reference", problem, mend)
                raise PaymentReferenceReused(f"The reference {problem}. {mend}", fields=[told])
            return True
    return False


def erased_reference(reference: str) -> str:
    """Give what is left of a reference when its customer is erased: enough to know it again."""
    return f"{_ERASED}{hashlib.sha256(reference.encode()).hexdigest()}"


def are_the_same(one: str, other: str) -> bool:
    """Tell whether two references are of one thing, also where one of them was erased."""
    return (
        one == other
        or (one.startswith(_ERASED) and one == erased_reference(other))
        or (other.startswith(_ERASED) and other == erased_reference(one))
    )
