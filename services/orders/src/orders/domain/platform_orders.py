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


class PayloadForgotten(Conflict):
    slug = "payload-forgotten"
    title = "The body is no longer kept"


class OrderNotReadable(Invalid):
    """One order of a body is not told as its platform tells orders; the others are read."""

    slug = "platform-order-unreadable"
    title = "The platform's order cannot be read"


class OrderNotTold(Invalid):
    slug = "order-not-told"
    title = "The order that this belongs to has not been told"


class ContentsUnknown(Conflict):
    slug = "contents-unknown"
    title = "It is not told what is in which parcel"


class TestOrder(Invalid):
    slug = "test-order"
    title = "The order is a test of the platform"


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
    where only something that became of it is told.
    """

    external_ref: str
    body: dict[str, Any] | None = None
    money: Money | None = None
    cancel_reason: str | None = None
    fulfilments: tuple[PlatformFulfilment, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()

    @property
    def tells_more(self) -> bool:
        """Whether anything is told beside the sale and its payments."""
        return bool(self.cancel_reason or self.fulfilments or self.taken_back)


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
