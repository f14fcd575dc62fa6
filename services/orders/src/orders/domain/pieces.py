"""The pieces of a customer: what they have by now, since when, and by which sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from orders.domain.serial_numbers import Sale, sale_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from orders.domain.order import Order
    from orders.domain.serial_numbers import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecePlace:
    """Where a piece stands in a customer's list: since when they have it, and the line sold."""

    since: datetime
    order_id: UUID
    line_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedPiece:
    """A piece that a customer has; it is doubtful where more than one sale of its number stands."""

    place: PiecePlace
    serial_number: str
    sale: Sale
    is_doubtful: bool


def pieces_at(
    places: Iterable[PiecePlace], orders: Iterable[Order], told: Told, *, doubtful: Collection[str]
) -> list[OwnedPiece]:
    """Put the pieces at these places together, in their sequence."""
    lines = {(order.id, line.line_no): (order, line) for order in orders for line in order.lines}
    found: list[OwnedPiece] = []
    for place in places:
        order, line = lines[place.order_id, place.line_no]
        serial_number = line.serial_number or ""
        found.append(
            OwnedPiece(
                place=place,
                serial_number=serial_number,
                sale=sale_of(order, line, told),
                is_doubtful=serial_number in doubtful,
            )
        )
    return found
