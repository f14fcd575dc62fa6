"""The body of a new order, and the order that it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from chassis.api import StrictModel
from chassis.global_ids import GlobalId
from chassis.ids import new_uuid
from chassis.iso import Country, Currency, LanguageTag
from orders.api.fields import (
    Count,
    CustomerClaim,
    Email,
    Flag,
    Instant,
    LongText,
    Minor,
    Reference,
    ShortText,
    TimeZone,
)
from orders.api.payments import PaymentIn
from orders.domain.money import check_total, line_total, order_total
from orders.domain.payments import check_first_payments
from orders.domain.placing import HOUSE, Channel, NewLine, NewOrder
from orders.domain.times import clock_skew_seconds, local_moment

if TYPE_CHECKING:
    from orders.domain.placing import Whose
    from orders.domain.references import Request


class LineIn(StrictModel):
    """One line of the sale."""

    sku: ShortText
    description: LongText | None = None
    category: ShortText | None = None
    quantity: Count
    unit_price_minor: Minor
    discount_minor: Minor = 0
    tax_minor: Minor = 0
    serial_number: ShortText | None = None
    unit_cost_minor: Minor | None = None
    gift: Flag = False


class AddressIn(StrictModel):
    """Where the goods go."""

    lines: Annotated[list[LongText], Field(min_length=1, max_length=6)]
    postal_code: ShortText | None = None
    city: ShortText | None = None
    country: Country


class ContactIn(StrictModel):
    """Whom to write to about this order: the order's own snapshot, which can be erased."""

    name: LongText | None = None
    email: Email | None = None
    phone: ShortText | None = None
    language: LanguageTag | None = None
    address: AddressIn | None = None


class OrderIn(StrictModel):
    """A sale. It carries a `customer_id`, or a `customer` claim, or neither (anonymous)."""

    source: ShortText
    external_ref: Reference
    channel: Channel
    store: ShortText | None = None
    country: Country
    brand: ShortText = HOUSE
    legal_entity: ShortText = HOUSE
    home_region: ShortText = HOUSE
    currency: Currency
    placed_at: Instant
    time_zone: TimeZone | None = None
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=2_000)]
    shipping_minor: Minor = 0
    prices_include_tax: Flag = Field(
        default=False, description="Then `tax_minor` is part of the price, not added to it."
    )
    total_minor: Minor | None = Field(
        default=None, description="Checked to the minor unit against the lines and the shipping."
    )
    taken_away: Flag | None = Field(
        default=None, description="Handed over at once; without it, true in the shop channel only."
    )
    customer_id: GlobalId | None = None
    customer: CustomerClaim | None = None
    contact: ContactIn | None = None
    payments: Annotated[list[PaymentIn], Field(max_length=100)] | None = None


def new_order(body: OrderIn, *, request: Request, whose: Whose) -> NewOrder:
    """Apply what needs no other row: totals, local day, clock; raises what they raise."""
    placed = local_moment(body.placed_at, body.time_zone, field="placed_at")
    lines = tuple(
        _new_line(line, prices_include_tax=body.prices_include_tax, field=f"lines.{index}")
        for index, line in enumerate(body.lines)
    )
    total_minor = order_total(
        (line.total_minor for line in lines), shipping_minor=body.shipping_minor
    )
    check_total(
        body.total_minor, total_minor, field="total_minor", parts="the lines and the shipping"
    )
    in_shop = body.channel is Channel.SHOP
    return NewOrder(
        id=new_uuid(),
        source=body.source,
        external_ref=body.external_ref,
        request=request,
        whose=whose,
        channel=body.channel,
        store=body.store,
        country=body.country,
        brand=body.brand,
        legal_entity=body.legal_entity,
        home_region=body.home_region,
        currency=body.currency,
        placed_at=placed.at,
        time_zone=placed.zone,
        placed_on=placed.on,
        clock_skew_seconds=clock_skew_seconds(placed.at, request.received_at),
        lines=lines,
        shipping_minor=body.shipping_minor,
        prices_include_tax=body.prices_include_tax,
        total_minor=total_minor,
        taken_away=in_shop if body.taken_away is None else body.taken_away,
        contact=None if body.contact is None else body.contact.model_dump(mode="json"),
        payments=check_first_payments(
            total_minor,
            [
                payment.payment(field=f"payments.{index}.")
                for index, payment in enumerate(body.payments or ())
            ],
        ),
    )


def _new_line(line: LineIn, *, prices_include_tax: bool, field: str) -> NewLine:
    return NewLine(
        sku=line.sku,
        description=line.description,
        category=line.category,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        discount_minor=line.discount_minor,
        tax_minor=line.tax_minor,
        total_minor=line_total(
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            discount_minor=line.discount_minor,
            added_tax_minor=0 if prices_include_tax else line.tax_minor,
            field=field,
        ),
        serial_number=line.serial_number,
        unit_cost_minor=line.unit_cost_minor,
        is_gift=line.gift,
    )
