"""Returns: registering goods that came back, reading a return."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, OnlyCheck, StrictModel, requires, would_be_taken
from chassis.canonical import body_hash
from chassis.global_ids import GlobalId
from chassis.idempotency import REPLAYED_HEADER
from chassis.iso import Country, Currency
from chassis.principal import Principal
from orders.api.bodies import bounded
from orders.api.claimed import whose
from orders.api.fields import (
    Count,
    CustomerClaim,
    Instant,
    LineNumber,
    LongText,
    Minor,
    Reference,
    ShortText,
    TimeZone,
)
from orders.api.purviews import at_home_where_seen, refuse_closed
from orders.domain.placing import HOUSE, Channel, Whose
from orders.domain.references import Request as ReturnRequest
from orders.domain.taking_back import Return, ReturnedLine, check_refund
from orders.domain.times import local_moment
from orders.events import RETURN, OrderId, ReturnId, SourceRecordId
from orders.store.homes import Thing
from orders.use_cases.read_returns import read_return
from orders.use_cases.register_return import register_return

if TYPE_CHECKING:
    from datetime import datetime

    from orders.store.claims import ClaimCipher

router = APIRouter(prefix="/v1/returns", tags=["returns"])

_SEEN = at_home_where_seen(Thing.RETURN)


class ReturnLineIn(StrictModel):
    """Goods that came back; with an order, `order_line_no` or the sku finds its line."""

    sku: ShortText
    quantity: Count
    order_line_no: LineNumber | None = None
    refund_minor: Minor | None = None


class ReturnIn(StrictModel):
    """A return, of an order or without one; it carries a customer as an order does."""

    source: ShortText
    external_ref: Reference
    order_id: OrderId | None = None
    channel: Channel
    store: ShortText | None = None
    country: Country
    brand: ShortText = HOUSE
    legal_entity: ShortText = HOUSE
    home_region: ShortText = HOUSE
    currency: Currency
    returned_at: Instant
    time_zone: TimeZone | None = None
    reason: LongText | None = None
    lines: Annotated[list[ReturnLineIn], Field(min_length=1, max_length=2_000)]
    shipping_refund_minor: Minor = 0
    refund_minor: Minor = Field(
        description="Where every line tells its part, checked against them and the shipping."
    )
    customer_id: GlobalId | None = None
    customer: CustomerClaim | None = None


class ReturnedLineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    line_no: int
    order_line_no: int | None
    sku: str
    quantity: int
    refund_minor: int | None


class ReturnReceiptOut(BaseModel):
    """The answer to a registered return: the same for ever."""

    model_config = ConfigDict(from_attributes=True)

    return_id: ReturnId = Field(validation_alias="id")
    source: str
    external_ref: str
    order_id: OrderId | None
    currency: str
    refund_minor: int
    returned_at: AwareDatetime
    time_zone: str
    returned_on: date
    received_at: AwareDatetime


class ReturnOut(ReturnReceiptOut):
    """A return as it stands."""

    customer_id: GlobalId | None
    source_record_id: SourceRecordId | None
    channel: Channel
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    reason: str | None
    erased_at: AwareDatetime | None = Field(
        description="When its customer was erased, and what was personal of it."
    )
    lines: tuple[ReturnedLineOut, ...]


@router.post("", status_code=201, response_model=ReturnReceiptOut)
async def post_return(
    body: ReturnIn,
    request: Request,
    database: DatabaseDep,
    caller: Annotated[Principal, requires("orders:write")],
    now: Now,
    only_check: OnlyCheck,
    response: Response,
) -> ReturnReceiptOut | Response:
    """Register a return.

    Its reference is unique per source for ever: the same body under it replays the first answer,
    another body is refused with 422 `return-reference-reused` and kept for review.
    """
    raw = bounded(await request.body())
    asked = ReturnRequest(
        client_id=caller.client_id, received_at=now, body=raw, body_hash=body_hash(body=raw)
    )
    customer = whose(
        customer_id=body.customer_id, claim=body.customer, headers=request.headers, body=raw
    )
    told = _told(body, customer, received_at=now)
    if only_check:
        return would_be_taken()
    if told.order_id is not None:
        await refuse_closed(request, Thing.ORDER, told.order_id)
    cipher: ClaimCipher = request.app.state.cipher
    registered = await register_return(database, cipher, told, request=asked, claim=customer.claim)
    if registered.is_replayed:
        response.headers[REPLAYED_HEADER] = "true"
    response.headers["Location"] = f"/v1/returns/{RETURN.show(registered.value.id)}"
    return ReturnReceiptOut.model_validate(registered.value)


@router.get("/{return_id}", dependencies=[requires("orders:read"), _SEEN])
async def get_return(
    return_id: ReturnId,
    database: DatabaseDep,
) -> ReturnOut:
    """Give a return."""
    return ReturnOut.model_validate(await read_return(database, return_id))


def _told(body: ReturnIn, customer: Whose, *, received_at: datetime) -> Return:
    returned = local_moment(body.returned_at, body.time_zone, field="returned_at")
    lines = tuple(
        ReturnedLine(line_no, line.order_line_no, line.sku, line.quantity, line.refund_minor)
        for line_no, line in enumerate(body.lines, start=1)
    )
    check_refund(lines, refund_minor=body.refund_minor, shipping_minor=body.shipping_refund_minor)
    told = Return(
        id=RETURN.new(),
        source=body.source,
        external_ref=body.external_ref,
        order_id=body.order_id,
        customer_id=customer.customer_id,
        told_customer_id=customer.customer_id,
        source_record_id=customer.source_record_id,
        channel=body.channel,
        store=body.store,
        country=body.country,
        brand=body.brand,
        legal_entity=body.legal_entity,
        home_region=body.home_region,
        currency=body.currency,
        refund_minor=body.refund_minor,
        returned_at=returned.at,
        time_zone=returned.zone,
        returned_on=returned.on,
        received_at=received_at,
        reason=body.reason,
        lines=lines,
    )
    return told.erased(at=received_at) if customer.is_erased else told
