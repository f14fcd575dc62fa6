"""What a shop platform tells of an order: the sale, and what has become of it since."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chassis.errors import Conflict, Invalid, NotFound
from orders.domain.payments import Payment, PaymentKind, are_the_same
from orders.domain.placing import HOUSE, Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from orders.domain.settling import Paid


class UnknownPlatform(NotFound):
    slug = "unknown-platform"
    title = "No adapter reads what this platform sends"


class DeliveryNotFound(NotFound):
    slug = "platform-delivery-not-found"
    title = "There is no such delivery"


class OrderNotReadable(Invalid):
    """One order of a body is not told as its platform tells orders; the others are read."""

    slug = "platform-order-unreadable"
    title = "The platform's order cannot be read"


class OrderNotTold(Invalid):
    slug = "order-not-told"
    title = "The order that this belongs to has not been told"


class ToldByItsOrder(Invalid):
    """An edit, a refund or a transaction alone tells neither its currency nor what it changed."""

    slug = "told-by-its-order"
    title = "What is told alone is applied when the platform tells the whole order"


class FulfilmentWithdrawn(Conflict):
    slug = "fulfilment-withdrawn"
    title = "The platform called off a fulfilment whose parcels are registered here"


class ReadingFailed(Conflict):
    slug = "reading-failed"
    title = "Reading it failed, which is our fault and was logged"


class TestOrder(Invalid):
    slug = "test-order"
    title = "The order is a test of the platform"


_LOOSE = frozenset({"customer"})
_GROWING = _LOOSE | {"lines", "shipping_minor", "total_minor"}
TIP, DUTIES, FEE = "tip", "duties", "fee"
CHARGES = frozenset({TIP, DUTIES, FEE})
"""By which skus orders keep what is no goods: it leaves with the first of them that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop on a platform: by which names of the house its orders are taken.

    `country` is that of orders that name none.
    """

    source: str
    channel: Channel = Channel.WEB
    store: str | None = None
    country: str | None = None
    brand: str = HOUSE
    legal_entity: str = HOUSE
    home_region: str = HOUSE
    time_zone: str | None = None

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Shop:
        """Read what `document` gave."""
        return cls(**{**document, "channel": Channel(document["channel"])})

    def told(self) -> dict[str, Any]:
        """Give what every order of the shop says of itself, as the body of an order has it."""
        named = self.document()
        del named["country"]
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Where a platform says that an order's payment is; `token` names what was taken.

    `captured_minor` is all that was captured so far.
    """

    method: str
    token: str
    at: datetime
    authorised_minor: int = 0
    captured_minor: int = 0
    is_voided: bool = False
    refunds: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFulfilment:
    """Goods that left: parcels by carrier and number, contents by sku, under a reference."""

    reference: str
    parcels: tuple[tuple[str, str], ...]
    contents: tuple[tuple[str, int], ...]
    service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Goods of a refund, by sku, quantity and what was given back for them.

    They came back, or, where `is_called_off`, they will never leave.
    """

    reference: str
    at: datetime
    contents: tuple[tuple[str, int, int], ...]
    is_called_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformOrder:
    """An order as its platform tells it.

    `body` is the sale in the form in which every source tells one, without its payments; None
    where only something that became of it is told. `lines_only_grow` says that it has all that
    was ever ordered, so that an edit is known by what it has more. `withdrawn` names fulfilments
    that were called off.
    """

    external_ref: str
    body: dict[str, Any] | None = None
    money: Money | None = None
    cancel_reason: str | None = None
    fulfilments: tuple[PlatformFulfilment, ...] = ()
    withdrawn: tuple[str, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()
    lines_only_grow: bool = False

    @property
    def tells_more(self) -> bool:
        """Whether anything is told beside the sale and its payments."""
        return bool(self.cancel_reason or self.fulfilments or self.withdrawn or self.taken_back)

    def agreed(self) -> dict[str, Any]:
        """Give what the order is known by: what was sold, whoever bought it by now.

        Without the lines and their sums where an edit may have added to them.
        """
        body = self.body or {}
        loose = _GROWING if self.lines_only_grow else _LOOSE
        return {name: value for name, value in body.items() if name not in loose}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadOrder:
    """An order of a body that could not be read, and why."""

    external_ref: str | None
    refusal: Invalid


class Step(StrEnum):
    """What could not be done."""

    READING = "reading"
    PLACING = "placing"
    PAYMENT = "payment"
    EDIT = "edit"
    FULFILMENT = "fulfilment"
    CANCELLATION = "cancellation"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something of a delivery that could not be applied, kept to be seen; nothing personal."""

    external_ref: str | None
    step: Step
    problem: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a body that a platform delivered; counts are None until it was read."""

    id: UUID
    platform: str
    source: str
    home_region: str
    received_at: datetime
    delivery_id: str | None = None
    topic: str | None = None
    read_at: datetime | None = None
    placed: int | None = None
    known: int | None = None
    order_ids: tuple[UUID, ...] = ()
    problems: tuple[Problem, ...] = ()


def payments_due(money: Money, paid: Paid, known: Sequence[Payment] = ()) -> tuple[Payment, ...]:
    """Give the payments that lead from those known to where the platform says that they are.

    What was told before, and an older state that comes late, give none.
    """
    due: list[Payment] = []
    base = Payment(
        kind=PaymentKind.CAPTURED,
        method=money.method,
        reference=money.token,
        amount_minor=0,
        at=money.at,
    )
    if money.authorised_minor and not paid.captured_minor and not paid.authorised_minor:
        amount = money.authorised_minor
        due.append(replace(base, kind=PaymentKind.AUTHORISED, amount_minor=amount))
    told = any(are_the_same(one.reference, money.token) for one in paid.authorisations)
    base = replace(base, authorisation=money.token if due or told else None)
    more = money.captured_minor - paid.captured_minor
    if more > 0:
        reference = money.token
        if paid.captured_minor or money.captured_minor < paid.total_minor:
            reference = f"{money.token}-to-{money.captured_minor}"
        due.append(replace(base, reference=reference, amount_minor=more))
    if money.is_voided and paid.authorised_minor:
        amount = paid.authorised_minor
        due.append(replace(base, kind=PaymentKind.VOIDED, amount_minor=amount))
    seen = {payment.reference for payment in known if payment.kind is PaymentKind.REFUNDED}
    due += [refund for refund in money.refunds if refund.reference not in seen]
    return tuple(due)
