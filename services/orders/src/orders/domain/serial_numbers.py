"""Serial numbers: what was sold under one, and whose it is by what is known here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orders.domain.order import Line, Order


class SerialNumberUnknown(NotFound):
    slug = "serial-number-unknown"
    title = "Nothing was sold under this serial number"


class Piece(StrEnum):
    """Where a sold piece is: with the customer, on its way, back with the house, never sent."""

    SOLD = "sold"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Sale:
    """A line of an order under a serial number."""

    order: Order
    line: Line

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
        """Whether the customer has it, or will."""
        return self.piece in {Piece.SOLD, Piece.DELIVERED}


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
    def is_doubtful(self) -> bool:
        """Whether more than one sale stands: two pieces carry it, or a return was not told."""
        return sum(sale.is_owned for sale in self.sales) > 1


def sales_of(serial_number: str, orders: Iterable[Order]) -> SerialNumber:
    """Put the sales of orders under a serial number in their sequence.

    Raises `SerialNumberUnknown`.
    """
    sales = [
        Sale(order, line)
        for order in sorted(orders, key=lambda one: (one.placed_at, one.id), reverse=True)
        for line in order.lines
        if line.serial_number == serial_number
    ]
    if not sales:
        message = "Read it again from the piece or its certificate, with its letters and dashes."
        raise SerialNumberUnknown(message)
    return SerialNumber(serial_number, tuple(sales))
