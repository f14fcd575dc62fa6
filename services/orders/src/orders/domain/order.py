"""An order as it stands: what was agreed, where each quantity is, its parcels."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from orders.domain.allocation import Allocation
from orders.domain.commercial import Commercial, move
from orders.domain.delivery import Delivery, DeliveryMethod
from orders.domain.fulfilment import LineQuantities, RollUp, roll_up
from orders.domain.lanes import Lane
from orders.domain.made_to_measure import Specification
from orders.domain.money import TaxPart
from orders.domain.placing import Channel, CustomerState
from orders.domain.tracking import NOT_COMING, TERMINAL, Tracking, incident_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orders.domain.tracking import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an order and where its quantity is.

    Of what was handed over, `lost` will not arrive and `sent_back` did not, as its carriers say.
    """

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
    quantities: LineQuantities
    gift_wrap: str | None = None
    warranty_months: int | None = None
    taxes: tuple[TaxPart, ...] = ()
    specification: Specification | None = None
    production_started_at: datetime | None = None
    removed_minor: int = 0
    allocations: tuple[Allocation, ...] = ()
    lost: int = 0
    sent_back: int = 0
    warranty_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A quantity of a line that is in a parcel."""

    line_no: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Packing:
    """A quantity that left, in one parcel, or in a shipment's parcels that hold its rest."""

    shipment_id: UUID
    parcel_id: UUID | None
    line_no: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel and what its tracking events come to; `token` opens its public page.

    `holds_rest` says that nobody told its contents: with its like it holds the shipment's rest.
    `promised_until` is the first promise, by which its carrier is measured; `origin` and
    `destination` are areas.
    """

    id: UUID
    version: int
    order_id: UUID
    placed_at: datetime
    shipment_id: UUID
    carrier: str
    tracking_number: str
    token: str
    holds_rest: bool
    registered_at: datetime
    status: Tracking
    status_at: datetime | None
    is_disputed: bool
    lines: tuple[Contents, ...]
    service: str | None = None
    promised_until: datetime | None = None
    origin: str | None = None
    destination: str | None = None
    cost_minor: int | None = None

    @property
    def incident(self) -> str | None:
        """Why somebody should look after it, or None."""
        return incident_of(self.status, is_disputed=self.is_disputed)

    @property
    def lane(self) -> Lane:
        """Who carries it, from where to where."""
        return Lane(self.carrier, self.service, self.origin, self.destination)

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to arrive, by all that its carrier says."""
        return self.status not in NOT_COMING

    def told(self, story: Story) -> Parcel:
        """Give the parcel as a story tells it: the next version, or itself if nothing changed."""
        after = replace(
            self, status=story.status, status_at=story.status_at, is_disputed=story.is_disputed
        )
        return self if after == self else replace(after, version=self.version + 1)


def left_and_arrived(
    packings: Iterable[Packing], parcels: Sequence[Parcel]
) -> tuple[Counter[int], Counter[int]]:
    """Count for each line_no what left, and what of it arrived.

    What several parcels hold together has arrived when all of them were delivered.
    """
    delivered = {parcel.id for parcel in parcels if parcel.status is Tracking.DELIVERED}
    still_awaited = {
        parcel.shipment_id for parcel in parcels if parcel.holds_rest and parcel.id not in delivered
    }
    left: Counter[int] = Counter()
    arrived: Counter[int] = Counter()
    for packing in packings:
        left[packing.line_no] += packing.quantity
        if packing.parcel_id is None:
            is_there = packing.shipment_id not in still_awaited
        else:
            is_there = packing.parcel_id in delivered
        if is_there:
            arrived[packing.line_no] += packing.quantity
    return left, arrived


def lost_and_sent_back(
    packings: Iterable[Packing], parcels: Sequence[Parcel]
) -> tuple[Counter[int], Counter[int]]:
    """Count for each line_no what was lost or damaged, and what its carrier brought back.

    Of what several parcels hold together nobody knows which part a lost one held: all of it is
    lost once none of them is under way any more.
    """
    statuses = {parcel.id: {parcel.status} for parcel in parcels}
    together: defaultdict[UUID, set[Tracking]] = defaultdict(set)
    for parcel in parcels:
        if parcel.holds_rest:
            together[parcel.shipment_id].add(parcel.status)
    lost: Counter[int] = Counter()
    sent_back: Counter[int] = Counter()
    for packing in packings:
        if packing.parcel_id is None:
            told = together[packing.shipment_id]
        else:
            told = statuses[packing.parcel_id]
        if not told <= TERMINAL:
            continue
        if Tracking.LOST_OR_DAMAGED in told:
            lost[packing.line_no] += packing.quantity
        elif Tracking.RETURNED in told:
            sent_back[packing.line_no] += packing.quantity
    return lost, sent_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A whole order; `contact` is the house's own erasable snapshot, as JSON."""

    id: UUID
    version: int
    source: str
    external_ref: str
    customer: CustomerState
    customer_id: str | None
    source_record_id: UUID | None
    channel: Channel
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    currency: str
    shipping_minor: int
    prices_include_tax: bool
    total_minor: int
    placed_at: datetime
    time_zone: str
    placed_on: date
    received_at: datetime
    clock_skew_seconds: int | None
    taken_away: bool
    commercial: Commercial
    cancelled_at: datetime | None
    cancel_reason: str | None
    lines: tuple[Line, ...]
    parcels: tuple[Parcel, ...]
    series_id: str | None = None
    delivery: Delivery | None = None
    confirmed_at: datetime | None = None
    amended_minor: int = 0
    told_customer_id: str | None = None
    erased_at: datetime | None = None

    @property
    def fulfilment(self) -> RollUp:
        """Where the order is as a whole."""
        return roll_up(line.quantities for line in self.lines)

    @property
    def is_stranded(self) -> bool:
        """Whether goods left and did not arrive, and none of them is still under way."""
        astray = sum(line.lost + line.sent_back for line in self.lines)
        return 0 < astray == sum(line.quantities.handed_over for line in self.lines)

    @property
    def settled(self) -> Commercial:
        """The commercial state that follows: closed once nothing is left to leave or arrive."""
        if self.commercial is Commercial.CONFIRMED and all(
            not line.quantities.still_here and not line.quantities.handed_over
            for line in self.lines
        ):
            return move(self.commercial, Commercial.CLOSED)
        return self.commercial

    @property
    def agreed_total_minor(self) -> int:
        """What the order comes to after its amendments, or came to before it was cancelled."""
        return self.total_minor + self.amended_minor

    @property
    def present_total_minor(self) -> int:
        """What the order comes to now: nothing where it is cancelled."""
        return 0 if self.commercial is Commercial.CANCELLED else self.agreed_total_minor

    @property
    def is_ready_for_collection(self) -> bool:
        """Whether all that is to be collected stands picked where the customer collects it."""
        if self.delivery is None or self.delivery.method is not DeliveryMethod.COLLECT:
            return False
        here = [line for line in self.lines if line.quantities.still_here]
        return (
            bool(here)
            and all(
                kept.location == self.delivery.location and not kept.allocated
                for line in here
                for kept in line.allocations
            )
            and all(line.quantities.picked == line.quantities.still_here for line in here)
        )

    @property
    def line_count(self) -> int:
        """How many lines it has."""
        return len(self.lines)
