"""Payments of an order: what its provider told, and what it comes to."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import (
    AliasPath,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.idempotency import REPLAYED_HEADER
from orders.api.fields import Instant, Minor, ShortText
from orders.api.purviews import at_home_where_seen
from orders.domain.card_numbers import refuse_card_number
from orders.domain.payments import Payment, PaymentKind, PaymentState
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.pay_order import pay_order, read_payments

router = APIRouter(prefix="/v1/orders", tags=["orders"])

_SEEN = at_home_where_seen(Thing.ORDER)

PaymentMethod = Annotated[ShortText, Field(examples=["card", "cash", "gift-card", "konbini"])]
Token = Annotated[
    ShortText,
    Field(description="The provider's own token of this capture or refund; no card number."),
]


_OF_AUTHORISATIONS = {PaymentKind.CAPTURED, PaymentKind.VOIDED}


class PaymentIn(StrictModel):
    """What happened to money, in minor units of the order's currency."""

    kind: PaymentKind
    method: PaymentMethod
    reference: Token
    amount_minor: Annotated[Minor, Field(ge=1)]
    at: Instant
    authorisation: Annotated[
        ShortText | None,
        Field(description="Of a capture or a void: the reference of the authorisation it is of."),
    ] = None

    @field_validator("authorisation")
    @classmethod
    def _is_of_what_has_one(cls, told: str | None, other: ValidationInfo) -> str | None:
        if told is not None and other.data.get("kind") not in _OF_AUTHORISATIONS:
            message = "belongs to a capture or a void; leave it out here"
            raise ValueError(message)
        return told

    def payment(self, *, field: str) -> Payment:
        """Give the payment; raises `CardNumberTold`."""
        refuse_card_number(self.reference, field=f"{field}reference")
        refuse_card_number(self.method, field=f"{field}method")
        refuse_card_number(self.authorisation or "", field=f"{field}authorisation")
        return Payment(
            kind=self.kind,
            method=self.method,
            reference=self.reference,
            amount_minor=self.amount_minor,
            at=self.at.astimezone(UTC),
            authorisation=self.authorisation,
        )


class PaymentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    kind: PaymentKind
    method: str
    reference: str
    amount_minor: int
    at: AwareDatetime
    authorisation: str | None


class PaymentsOut(BaseModel):
    """Where an order's payment is: derived from its payments, those told first coming first.

    `authorised_minor` is what may still be captured: each capture and void takes from the
    authorisation it names, else from that of its own reference, else from those of its method,
    else from none. `due_minor` is what is still to be taken and `to_refund_minor` what is still to
    go back, neither below zero; of what is cancelled or came back nothing is due.
    """

    model_config = ConfigDict(from_attributes=True)

    order_id: OrderId
    currency: str
    state: PaymentState = Field(validation_alias=AliasPath("paid", "state"))
    total_minor: int = Field(validation_alias=AliasPath("paid", "total_minor"))
    authorised_minor: int = Field(validation_alias=AliasPath("paid", "authorised_minor"))
    captured_minor: int = Field(validation_alias=AliasPath("paid", "captured_minor"))
    refunded_minor: int = Field(validation_alias=AliasPath("paid", "refunded_minor"))
    credit_minor: int = Field(
        validation_alias=AliasPath("paid", "credit_minor"),
        description="What goods that were exchanged for the order pay of it.",
    )
    returned_minor: int = Field(
        validation_alias=AliasPath("paid", "returned_minor"),
        description="What goods that came back of the order are worth.",
    )
    exchanged_minor: int = Field(
        validation_alias=AliasPath("paid", "exchanged_minor"),
        description="What of that pays for other orders.",
    )
    due_minor: int = Field(validation_alias=AliasPath("paid", "due_minor"))
    to_refund_minor: int = Field(validation_alias=AliasPath("paid", "to_refund_minor"))
    payments: tuple[PaymentOut, ...]


@router.get("/{order_id}/payments", dependencies=[requires("orders:read"), _SEEN])
async def get_payments(order_id: OrderId, database: DatabaseDep) -> PaymentsOut:
    """Give an order's payments and what they come to."""
    return PaymentsOut.model_validate(await read_payments(database, order_id))


@router.post(
    "/{order_id}/payments", status_code=201, dependencies=[requires("orders:write"), _SEEN]
)
async def post_payment(
    order_id: OrderId, body: PaymentIn, database: DatabaseDep, now: Now, response: Response
) -> PaymentsOut:
    """Record a payment: the same kind and reference again changes nothing.

    More cannot be refunded than was received, nor voided than is authorised (409).
    """
    payments, repeated = await pay_order(database, order_id, body.payment(field=""), now=now)
    if repeated:
        response.headers[REPLAYED_HEADER] = "true"
    return PaymentsOut.model_validate(payments)
