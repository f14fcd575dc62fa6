"""Serial numbers: what was sold under one, whose it was and is, and its warranty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import NotFound
from orders.domain.times import local_day
from orders.domain.warranties import Warranty, WarrantySource, term_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orders.domain.order import Line, Order
    from orders.domain.warranties import WarrantyTerm

LineOfOrder = tuple[UUID, int]


class SerialNumberUnknown(NotFound):
    slug = "serial-number-unknown"
    title = "Nothing was sold under this serial number"


class Piece(StrEnum):
    """Where a sold piece is: with its owner, on its way, back with the house, never sent."""

    SOLD = "sold"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class OwnerState(StrEnum):
    """Whether it is known whose a piece is; out of sight is with somebody unknown."""

    LINKED = "linked"
    PENDING = "pending"
    ANONYMOUS = "anonymous"
    ERASED = "erased"
    OUT_OF_SIGHT = "out-of-sight"


class Happening(StrEnum):
    """What can happen to a piece."""

    SOLD = "sold"
    TRANSFERRED = "transferred"
    LEFT = "left"
    TAKEN_OVER = "taken-over"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a piece was or is, from when on."""

    state: OwnerState
    customer_id: str | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A piece that went from whoever had it to somebody else, and not by the house's sale."""

    id: UUID
    order_id: UUID
    line_no: int
    serial_number: str
    position: int
    owner: Owner
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of the lines of some orders besides the orders themselves."""

    transfers: Mapping[LineOfOrder, tuple[Transfer, ...]]
    arrivals: Mapping[LineOfOrder, datetime]
    returns: Mapping[LineOfOrder, tuple[UUID, datetime]]
    terms: tuple[WarrantyTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a piece; `owner` is whose it was from then on, if anybody's."""

    what: Happening
    at: datetime | None
    order_id: UUID
    owner: Owner | None = None
    transfer_id: UUID | None = None
    return_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A line of an order under a serial number."""

    order: Order
    line: Line
    transfers: tuple[Transfer, ...]
    arrived_at: datetime | None
    returned: tuple[UUID, datetime] | None
    warranty: Warranty

    @property
    def piece(self) -> Piece:
        """Where the piece is."""
        quantities = self.line.quantities
        if quantities.cancelled:
            return Piece.CANCELLED
        if quantities.returned:
            return Piece.RETURNED
        return Piece.DELIVERED if quantities.delivered else Piece.SOLD

    @property
    def is_owned(self) -> bool:
        """Whether somebody has it, or will."""
        return self.piece in {Piece.SOLD, Piece.DELIVERED}

    @property
    def buyer(self) -> Owner:
        """Who bought it."""
        order = self.order
        state = OwnerState(order.customer)
        return Owner(state=state, customer_id=order.customer_id, since=order.placed_at)

    @property
    def owner(self) -> Owner | None:
        """Whose it is: whom it went to last, until it comes back to the house."""
        if not self.is_owned:
            return None
        return self.transfers[-1].owner if self.transfers else self.buyer

    def stood_at(self, moment: datetime) -> bool:
        """Whether the piece was sold and not yet taken back at a moment."""
        if self.piece is Piece.CANCELLED or self.order.placed_at > moment:
            return False
        return self.returned is None or self.returned[1] > moment

    def history(self) -> list[Event]:
        """Tell what happened to the piece, from its sale on."""
        order_id = self.order.id
        events = [
            Event(what=Happening.SOLD, at=self.order.placed_at, order_id=order_id, owner=self.buyer)
        ]
        giver = self.buyer
        for transfer in self.transfers:
            what = _happening(giver, transfer.owner)
            giver = transfer.owner
            events.append(
                Event(
                    what=what,
                    at=giver.since,
                    order_id=order_id,
                    owner=giver,
                    transfer_id=transfer.id,
                )
            )
        if self.piece is Piece.CANCELLED:
            at = self.order.cancelled_at
            events.append(Event(what=Happening.CANCELLED, at=at, order_id=order_id))
        elif self.returned is not None:
            return_id, at = self.returned
            events.append(
                Event(what=Happening.RETURNED, at=at, order_id=order_id, return_id=return_id)
            )
        return events


@dataclass(frozen=True, slots=True)
class SaleConflict:
    """A piece that was sold while another sale of it stood: two carry it, or a return is untold."""

    earlier: Sale
    later: Sale

    @property
    def is_settled(self) -> bool:
        """Whether not both of them stand any more."""
        return not (self.earlier.is_owned and self.later.is_owned)


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """A serial number's sales, the latest first."""

    serial_number: str
    sales: tuple[Sale, ...]

    @property
    def owned_by(self) -> Sale | None:
        """The sale by which somebody owns it now: the latest that was not taken back."""
        return next((sale for sale in self.sales if sale.is_owned), None)

    @property
    def conflicts(self) -> tuple[SaleConflict, ...]:
        """Sales without a return in between, however they ended."""
        return tuple(
            SaleConflict(earlier, later)
            for place, later in enumerate(self.sales)
            for earlier in self.sales[place + 1 :]
            if later.piece is not Piece.CANCELLED and earlier.stood_at(later.order.placed_at)
        )

    @property
    def is_doubtful(self) -> bool:
        """Whether more than one sale stands."""
        return sum(sale.is_owned for sale in self.sales) > 1

    def history(self) -> list[Event]:
        """Tell what happened under the serial number, sale by sale, the earliest first."""
        return [event for sale in reversed(self.sales) for event in sale.history()]


def sales_of(serial_number: str, orders: Iterable[Order], told: Told) -> SerialNumber:
    """Put the sales of orders under a serial number in their sequence.

    Raises `SerialNumberUnknown`.
    """
    sales = [
        sale_of(order, line, told)
        for order in sorted(orders, key=lambda one: (one.placed_at, one.id), reverse=True)
        for line in order.lines
        if line.serial_number == serial_number
    ]
    if not sales:
        message = "Read it again from the piece or its certificate, with its letters and dashes."
        raise SerialNumberUnknown(message)
    return SerialNumber(serial_number, tuple(sales))


def sale_of(order: Order, line: Line, told: Told) -> Sale:
    """Give a line of an order as the sale of a piece."""
    place = (order.id, line.line_no)
    arrived_at, returned = told.arrivals.get(place), told.returns.get(place)
    return Sale(
        order=order,
        line=line,
        transfers=told.transfers.get(place, ()),
        arrived_at=arrived_at,
        returned=returned,
        warranty=_warranty(order, line, told, arrived_at, returned),
    )


def _warranty(
    order: Order,
    line: Line,
    told: Told,
    arrived_at: datetime | None,
    returned: tuple[UUID, datetime] | None,
) -> Warranty:
    starts_on = order.placed_on if order.taken_away else None
    if arrived_at is not None:
        starts_on = local_day(arrived_at, order.time_zone)
    ended_at = returned[1] if returned is not None else None
    if line.quantities.cancelled:
        ended_at = order.cancelled_at or order.placed_at
    months, days, source = line.warranty_months, line.warranty_days, WarrantySource.LINE
    if months is None and days is None:
        term = term_in_force(told.terms, line.category, order.placed_on)
        source = WarrantySource.CATEGORY
        months, days = (0, 0) if term is None else (term.months, term.days)
    return Warranty(
        months=months or 0,
        days=days or 0,
        source=source if months or days else None,
        starts_on=starts_on,
        ended_on=None if ended_at is None else local_day(ended_at, order.time_zone),
    )


def _happening(giver: Owner, receiver: Owner) -> Happening:
    if receiver.state is OwnerState.OUT_OF_SIGHT:
        return Happening.LEFT
    was_known = giver.state in {OwnerState.LINKED, OwnerState.ERASED}
    return Happening.TRANSFERRED if was_known else Happening.TAKEN_OVER
