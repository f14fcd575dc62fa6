"""A sale as it comes in: its parts, its totals, what the till gets back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import FieldProblem, Invalid
from orders.domain.commercial import Commercial, initial
from orders.domain.delivery import Delivery
from orders.domain.made_to_measure import Measurements
from orders.domain.money import TaxPart
from orders.domain.payments import Payment
from orders.domain.references import Request

HOUSE = "house"
"""The brand, legal entity and region of a house that has but one."""

MOST_LINES = 2_000
"""An order has no more, also after its amendments: further ones could not be named."""


class Channel(StrEnum):
    """Where the customer met the house."""

    SHOP = "shop"
    WEB = "web"
    PHONE = "phone"
    MARKETPLACE = "marketplace"


class CustomerState(StrEnum):
    """Whether it is known whose order it is; pending ones are resolved later."""

    LINKED = "linked"
    PENDING = "pending"
    ANONYMOUS = "anonymous"
    ERASED = "erased"


class SeveralUnderOneNumber(Invalid):
    slug = "several-under-one-serial-number"
    title = "A serial number is that of one piece"


def check_one_piece(serial_number: str | None, quantity: int, *, field: str) -> None:
    """A line with a serial number is of one piece; raises `SeveralUnderOneNumber`."""
    if serial_number is None or quantity == 1:
        return
    problem = f"is {quantity} under one serial number"
    mend = "Send a line for each piece, with its own serial number."
    told = FieldProblem(f"{field}.quantity", problem, mend)
    raise SeveralUnderOneNumber(f"The quantity {problem}. {mend}", fields=[told])


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a sale; `total_minor` is what it adds to the order."""

    sku: str
    description: str | None
    category: str | None
    quantity: int
    unit_price_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    serial_number: str | None
    unit_cost_minor: int | None
    is_gift: bool
    gift_wrap: str | None = None
    warranty_months: int | None = None
    taxes: tuple[TaxPart, ...] = ()
    measurements: Measurements | None = None
    warranty_days: int | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Who bought, as far as it is known, and the claim to be resolved when it is not.

    `told_customer_id` is the id that was told, where `customer_id` is its survivor by now.
    """

    customer_id: str | None = None
    source_record_id: UUID | None = None
    claim: bytes | None = None
    told_customer_id: str | None = None
    is_erased: bool = False

    @property
    def state(self) -> CustomerState:
        """Linked, pending, anonymous or erased."""
        if self.is_erased:
            return CustomerState.ERASED
        if self.customer_id is not None:
            return CustomerState.LINKED
        return CustomerState.ANONYMOUS if self.claim is None else CustomerState.PENDING

    @property
    def told_id(self) -> str | None:
        """The id that was told."""
        return self.told_customer_id or self.customer_id

    def owned_by(self, present_id: str | None) -> Whose:
        """Give the same with whose it is now; who was told and is nobody now was erased."""
        if present_id == self.customer_id:
            return self
        if present_id is None:
            return Whose(is_erased=True)
        return replace(self, customer_id=present_id, told_customer_id=self.customer_id)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A sale that may be stored: every rule that needs no other row has been applied."""

    id: UUID
    source: str
    external_ref: str
    request: Request
    whose: Whose
    channel: Channel
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    currency: str
    placed_at: datetime
    time_zone: str
    placed_on: date
    clock_skew_seconds: int | None
    lines: tuple[NewLine, ...]
    shipping_minor: int
    prices_include_tax: bool
    total_minor: int
    taken_away: bool
    contact: dict[str, Any] | None
    payments: tuple[Payment, ...] = ()
    series_id: str | None = None
    delivery: Delivery | None = None
    confirmed: bool = False

    @property
    def commercial(self) -> Commercial:
        """The state in which it is stored."""
        return initial(taken_away=self.taken_away, confirmed=self.confirmed)

    def owned_by(self, present_id: str | None) -> NewOrder:
        """Give the order of whom it is now; of who was erased nothing personal is stored."""
        whose = self.whose.owned_by(present_id)
        if whose is self.whose and not whose.is_erased:
            return self
        if not whose.is_erased:
            return replace(self, whose=whose)
        lines = tuple(replace(line, description=None, measurements=None) for line in self.lines)
        payments = tuple(payment.erased() for payment in self.payments)
        return replace(self, whose=whose, contact=None, lines=lines, payments=payments)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a placed order: the same for ever, whatever becomes of the order."""

    order_id: UUID
    source: str
    external_ref: str
    commercial: Commercial
    customer: CustomerState
    customer_id: str | None
    source_record_id: UUID | None
    currency: str
    total_minor: int
    placed_at: datetime
    time_zone: str
    placed_on: date
    received_at: datetime
    clock_skew_seconds: int | None
    is_replayed: bool


def receipt_for(order: NewOrder) -> Receipt:
    """Give the first answer to an order that was just stored."""
    return Receipt(
        order_id=order.id,
        source=order.source,
        external_ref=order.external_ref,
        commercial=order.commercial,
        customer=order.whose.state,
        customer_id=order.whose.customer_id,
        source_record_id=order.whose.source_record_id,
        currency=order.currency,
        total_minor=order.total_minor,
        placed_at=order.placed_at,
        time_zone=order.time_zone,
        placed_on=order.placed_on,
        received_at=order.request.received_at,
        clock_skew_seconds=order.clock_skew_seconds,
        is_replayed=False,
    )
