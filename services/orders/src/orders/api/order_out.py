"""Orders and parcels as this service answers with them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.global_ids import GlobalId
from orders.api.delivery import DeliveryOut
from orders.domain.commercial import Commercial
from orders.domain.fulfilment import RollUp
from orders.domain.payments import PaymentState
from orders.domain.placing import Channel, CustomerState
from orders.domain.tracking import Tracking
from orders.events import OrderId, ParcelId, ShipmentId, SourceRecordId

if TYPE_CHECKING:
    from orders.domain.order import Order
    from orders.domain.settling import Paid


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class QuantitiesOut(_Out):
    """How much of a line is in each state of its fulfilment."""

    unallocated: int
    allocated: int
    picked: int
    handed_over: int
    delivered: int
    returned: int
    cancelled: int


class TaxOut(_Out):
    """A part of a line's tax."""

    name: str
    rate_percent: str | None
    amount_minor: int


class MeasurementsOut(_Out):
    values: dict[str, str]
    notes: str | None


class SpecificationOut(_Out):
    """The latest version of what a made-to-measure line is to be."""

    version: int
    measurements: MeasurementsOut
    recorded_at: AwareDatetime


class AllocationOut(_Out):
    """What a location keeps of a line until it leaves."""

    location: str
    allocated: int
    picked: int


class LineOut(_Out):
    line_no: int
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
    gift_wrap: str | None
    warranty_months: int | None
    warranty_days: int | None
    taxes: tuple[TaxOut, ...]
    specification: SpecificationOut | None
    production_started_at: AwareDatetime | None
    removed_minor: int = Field(description="What was called off of it takes from its total.")
    allocations: tuple[AllocationOut, ...]
    quantities: QuantitiesOut
    lost: int = Field(description="Of what was handed over, lost or damaged, as carriers say.")
    sent_back: int = Field(
        description="Of what was handed over, brought back by its carrier, without a return yet."
    )


class ContentsOut(_Out):
    line_no: int
    quantity: int


class ParcelOut(_Out):
    """A parcel; whoever has its `tracking_token` may see its public page."""

    parcel_id: ParcelId = Field(validation_alias="id")
    order_id: OrderId
    shipment_id: ShipmentId
    carrier: str
    tracking_number: str
    tracking_token: str = Field(validation_alias="token")
    status: Tracking
    status_at: AwareDatetime | None
    is_disputed: bool
    incident: str | None
    registered_at: AwareDatetime
    service: str | None
    promised_until: AwareDatetime | None = Field(description="The first promise.")
    origin: str | None
    destination: str | None
    cost_minor: int | None
    lines: tuple[ContentsOut, ...]


class OrderSummaryOut(_Out):
    """An order in a list: its parcels, but not its lines."""

    order_id: OrderId = Field(validation_alias="id")
    version: int
    source: str
    external_ref: str
    customer: CustomerState
    customer_id: GlobalId | None
    source_record_id: SourceRecordId | None
    channel: Channel
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    series_id: str | None
    currency: str
    total_minor: int = Field(description="As it was placed; it never changes.")
    present_total_minor: int = Field(
        description="After the order's amendments; 0 once it is cancelled."
    )
    placed_at: AwareDatetime
    time_zone: str
    placed_on: date
    commercial: Commercial
    fulfilment: RollUp
    is_stranded: bool = Field(
        description="Goods left and did not arrive, and none of them is still under way: register "
        "a return of what was sent back, or refund what is lost."
    )
    line_count: int
    parcels: tuple[ParcelOut, ...]


class OrderOut(OrderSummaryOut):
    """A whole order; amounts are in minor units of its currency."""

    shipping_minor: int
    prices_include_tax: bool
    received_at: AwareDatetime
    clock_skew_seconds: int | None = Field(
        description="By how much the source's clock is surely wrong; null where nothing says so."
    )
    taken_away: bool
    is_ready_for_collection: bool
    confirmed_at: AwareDatetime | None
    cancelled_at: AwareDatetime | None
    cancel_reason: str | None
    erased_at: AwareDatetime | None = Field(
        description="When its customer was erased, and what was personal of it."
    )
    delivery: DeliveryOut | None
    lines: tuple[LineOut, ...]


class OrderDetailOut(OrderOut):
    """A whole order with whom to write to, and where its payment is."""

    model_config = ConfigDict(validate_by_name=True)

    payment: PaymentState
    due_minor: int = Field(description="What is still to be taken.")
    to_refund_minor: int = Field(
        description="What was taken beyond what is owed, and did not go back yet: the order was "
        "cancelled, lines were called off, goods came back."
    )
    contact: dict[str, Any] | None = Field(
        default=None, description="The order's own snapshot; null where there is none or no more."
    )

    @classmethod
    def of(cls, order: Order, contact: dict[str, Any] | None, paid: Paid) -> OrderDetailOut:
        """Put together what is told of one order."""
        return cls(
            **dict(OrderOut.model_validate(order)),
            payment=paid.state,
            due_minor=paid.due_minor,
            to_refund_minor=paid.to_refund_minor,
            contact=contact,
        )
