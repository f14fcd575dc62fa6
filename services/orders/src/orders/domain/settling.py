"""The payment axis of an order: what was told of its money, added up and never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem
from orders.domain.money import within_bounds
from orders.domain.payments import (
    Payment,
    PaymentKind,
    PaymentState,
    UnknownAuthorisation,
    are_the_same,
    is_repeated,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID


class MoreRefundedThanPaid(Conflict):
    slug = "more-refunded-than-paid"
    title = "More would be given back than was paid"


class MoreVoidedThanAuthorised(Conflict):
    slug = "more-voided-than-authorised"
    title = "More would be let go than is authorised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """Money that was promised by one means, and what of it may still be captured."""

    reference: str
    method: str
    left_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What an order's payments come to, in minor units of its currency.

    `total_minor` is what the order comes to now, nothing where it is cancelled, and
    `returned_minor` what goods that came back of it are worth. `credit_minor` is what goods of
    other orders pay of it, `exchanged_minor` what its own returned goods paid of others.
    """

    total_minor: int
    is_cancelled: bool = False
    returned_minor: int = 0
    credit_minor: int = 0
    exchanged_minor: int = 0
    authorisations: tuple[Authorisation, ...] = ()
    captured_minor: int = 0
    refunded_minor: int = 0

    @property
    def authorised_minor(self) -> int:
        """What may still be captured."""
        return sum(one.left_minor for one in self.authorisations)

    @property
    def owed_minor(self) -> int:
        """What the customer is to have paid in the end."""
        return max(0, self.total_minor - self.returned_minor)

    @property
    def received_minor(self) -> int:
        """What came in, by payments and by goods of other orders."""
        return self.captured_minor + self.credit_minor

    @property
    def given_back_minor(self) -> int:
        """What went back, by refunds and as the credit of other orders."""
        return self.refunded_minor + self.exchanged_minor

    @property
    def due_minor(self) -> int:
        """What is still to be taken."""
        return max(0, self.owed_minor - self.received_minor)

    @property
    def to_refund_minor(self) -> int:
        """What came in beyond what is owed and did not go back yet."""
        return max(0, self.received_minor - self.owed_minor - self.given_back_minor)

    @property
    def refundable_minor(self) -> int:
        """What may go back at the most: for goods that were exchanged nothing goes back twice.

        Where nothing was exchanged, all that came in may go back, for whatever reason.
        """
        left = max(0, self.received_minor - self.given_back_minor)
        return min(left, self.to_refund_minor) if self.exchanged_minor else left

    @property
    def creditable_minor(self) -> int:
        """What goods that came back may still pay of another order.

        Of an order whose payments nobody told, it is believed that it was paid.
        """
        overpaid = max(0, self.received_minor - self.total_minor)
        of_goods = self.returned_minor + overpaid - self.given_back_minor
        is_told = self.received_minor or self.authorisations
        return max(0, min(of_goods, self.to_refund_minor) if is_told else of_goods)

    @property
    def state(self) -> PaymentState:
        """The one word for it."""
        if self.refunded_minor:
            is_all = self.given_back_minor >= self.received_minor
            return PaymentState.REFUNDED if is_all else PaymentState.PART_REFUNDED
        if not self.due_minor and (self.received_minor or not self._fell_away):
            return PaymentState.PAID
        if self.received_minor:
            return PaymentState.PART_PAID
        if self.authorised_minor:
            return PaymentState.AUTHORISED
        return PaymentState.PENDING if self.due_minor else PaymentState.NOTHING_DUE

    def after(self, payment: Payment) -> Paid:
        """Give what they come to with one more payment."""
        amount = payment.amount_minor
        match payment.kind:
            case PaymentKind.AUTHORISED:
                new = Authorisation(
                    reference=payment.reference, method=payment.method, left_minor=amount
                )
                return replace(self, authorisations=(*self.authorisations, new))
            case PaymentKind.CAPTURED:
                captured = self.captured_minor + amount
                return replace(self, captured_minor=captured, authorisations=self._less(payment))
            case PaymentKind.VOIDED:
                return replace(self, authorisations=self._less(payment))
            case PaymentKind.REFUNDED:
                return replace(self, refunded_minor=self.refunded_minor + amount)

    def authorised_for(self, payment: Payment) -> Sequence[Authorisation]:
        """Give the authorisations that a capture or a void is of, the first one first.

        The one that it names, else the one of its own reference, else those by its method; where
        there are none, a capture is a direct one, and a void lets go of whatever is authorised.
        """
        known, named = self.authorisations, payment.authorisation
        if named is not None:
            return [one for one in known if are_the_same(one.reference, named)]
        own = [one for one in known if are_the_same(one.reference, payment.reference)]
        by_method = [one for one in known if one.method == payment.method]
        others = known if payment.kind is PaymentKind.VOIDED else ()
        return own or by_method or others

    @property
    def _fell_away(self) -> bool:
        return self.is_cancelled or bool(self.returned_minor)

    def _less(self, payment: Payment) -> tuple[Authorisation, ...]:
        rest = payment.amount_minor
        its_own = {one.reference for one in self.authorised_for(payment)}
        after: list[Authorisation] = []
        for one in self.authorisations:
            taken = min(rest, one.left_minor) if one.reference in its_own else 0
            rest -= taken
            after.append(replace(one, left_minor=one.left_minor - taken) if taken else one)
        return tuple(after)


@dataclass(frozen=True, slots=True)
class OrderPayments:
    """An order's payments in the sequence they were told, and what they come to."""

    order_id: UUID
    currency: str
    paid: Paid
    payments: tuple[Payment, ...]

    def after(self, payment: Payment) -> OrderPayments:
        """Give them with one more."""
        return replace(self, paid=self.paid.after(payment), payments=(*self.payments, payment))


def add_up(unpaid: Paid, payments: Iterable[Payment]) -> Paid:
    """Add payments to what is known of an order without them, in the sequence they were told."""
    paid = unpaid
    for payment in payments:
        paid = paid.after(payment)
    return paid


def check_payment(paid: Paid, payment: Payment, *, field: str = "") -> None:
    """Refuse what cannot be; `field` is where the payment stands in its body.

    Raises `UnknownAuthorisation`, `MoreRefundedThanPaid`, `MoreVoidedThanAuthorised`,
    `AmountTooLarge`.
    """
    amount = payment.amount_minor
    its_own = paid.authorised_for(payment)
    if payment.authorisation is not None and not its_own:
        problem = "is not the reference of an authorisation of the order"
        mend = "Tell the authorisation first, or leave authorisation out for a direct capture."
        told = FieldProblem(f"{field}authorisation", problem, mend)
        raise UnknownAuthorisation(f"authorisation {problem}. {mend}", fields=[told])
    if payment.kind is PaymentKind.REFUNDED and amount > paid.refundable_minor:
        of_goods = " after the exchange of its goods" if paid.exchanged_minor else ""
        left = f"{paid.refundable_minor} is left of what was paid{of_goods}"
        raise MoreRefundedThanPaid(f"{amount} would be given back, and {left}. Send less.")
    authorised = sum(one.left_minor for one in its_own)
    if payment.kind is PaymentKind.VOIDED and amount > authorised:
        message = f"{amount} would be let go, and {authorised} is authorised. Send less."
        raise MoreVoidedThanAuthorised(message)
    after = paid.after(payment)
    for sum_minor in (after.authorised_minor, after.received_minor):
        within_bounds(sum_minor, field=f"{field}amount_minor")


def check_first_payments(total_minor: int, payments: Sequence[Payment]) -> tuple[Payment, ...]:
    """Check the payments that come with a new order, one after the other; gives each once."""
    kept: list[Payment] = []
    paid = Paid(total_minor=total_minor)
    for index, payment in enumerate(payments):
        if not is_repeated(payment, kept, field=f"payments.{index}."):
            check_payment(paid, payment, field=f"payments.{index}.")
            paid = paid.after(payment)
            kept.append(payment)
    return tuple(kept)
