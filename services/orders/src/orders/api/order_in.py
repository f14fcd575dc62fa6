"""The body of a new order, and the order that it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from chassis.api import StrictModel
from chassis.global_ids import GlobalId
from chassis.iso import Country, Currency
from chassis.problems import told_as
from orders.api.claimed import whose
from orders.api.contact_in import ContactIn
from orders.api.delivery import DeliveryIn
from orders.api.fields import (
    CustomerClaim,
    Flag,
    Instant,
    Minor,
    Reference,
    ShortText,
    TimeZone,
)
from orders.api.line_in import LineIn
from orders.api.payments import PaymentIn
from orders.domain.money import check_total, order_total
from orders.domain.placing import HOUSE, MOST_LINES, Channel, NewOrder
from orders.domain.settling import check_first_payments
from orders.domain.times import clock_skew_seconds, local_moment
from orders.events import ORDER

if TYPE_CHECKING:
    from orders.domain.placing import Whose
    from orders.domain.references import Request


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
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MOST_LINES)]
    shipping_minor: Minor = 0
    prices_include_tax: Flag = Field(
        default=False, description="Then `tax_minor` is part of the price, not added to it."
    )
    total_minor: Minor | None = Field(
        default=None, description="Checked to the minor unit against the lines and the shipping."
    )
    taken_away: Flag | None = Field(
        default=None,
        description="Handed over at once; without it, true in a shop where nothing is delivered.",
    )
    customer_id: GlobalId | None = None
    customer: CustomerClaim | None = None
    contact: ContactIn | None = None
    delivery: DeliveryIn | None = None
    confirmed: Flag = Field(
        default=False, description="The house has already said that it will carry it out."
    )
    series_id: ShortText | None = Field(
        default=None, description="What a subscription's recurring orders have in common."
    )
    payments: Annotated[list[PaymentIn], Field(max_length=100)] | None = None


def order_of(body: bytes, request: Request) -> NewOrder:
    """Make an order of a body that nobody has asked the gateway about; raises what it is not."""
    order = told_as(OrderIn.model_validate_json, body)
    customer = whose(customer_id=order.customer_id, claim=order.customer, headers={}, body=body)
    return new_order(order, request=request, whose=customer)


def new_order(body: OrderIn, *, request: Request, whose: Whose) -> NewOrder:
    """Apply what needs no other row: totals, local day, clock; raises what they raise."""
    placed = local_moment(body.placed_at, body.time_zone, field="placed_at")
    lines = tuple(
        line.line(prices_include_tax=body.prices_include_tax, field=f"lines.{index}")
        for index, line in enumerate(body.lines)
    )
    total_minor = order_total(
        (line.total_minor for line in lines), shipping_minor=body.shipping_minor
    )
    check_total(
        body.total_minor, total_minor, field="total_minor", parts="the lines and the shipping"
    )
    in_shop = body.channel is Channel.SHOP
    taken_away = in_shop and body.delivery is None if body.taken_away is None else body.taken_away
    return NewOrder(
        id=ORDER.new(at=min(placed.at, request.received_at)),
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
        taken_away=taken_away,
        contact=None if body.contact is None else body.contact.model_dump(mode="json"),
        series_id=body.series_id,
        confirmed=body.confirmed and not taken_away,
        delivery=None
        if body.delivery is None
        else body.delivery.delivery(body.contact, taken_away=taken_away),
        payments=check_first_payments(
            total_minor,
            [
                payment.payment(field=f"payments.{index}.")
                for index, payment in enumerate(body.payments or ())
            ],
        ),
    )
