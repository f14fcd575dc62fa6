"""Changing an order that was placed: lines called off, lines added, another delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, Invalid
from orders.domain.allocation import give_up
from orders.domain.commercial import (
    Commercial,
    OrderAlreadyCancelled,
    OrderAlreadyClosed,
    OrderAlreadyShipped,
)
from orders.domain.fulfilment import QuantityNotThere, UnknownLine
from orders.domain.made_to_measure import check_not_in_production
from orders.domain.placing import MOST_LINES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from orders.domain.allocation import Allocations
    from orders.domain.order import Line, Order
    from orders.domain.placing import NewLine


class AlreadyPicked(Conflict):
    slug = "already-picked"
    title = "Goods of the order are picked"


class NothingWouldRemain(Conflict):
    slug = "nothing-would-remain"
    title = "Nothing of the order would remain"


class TooManyLines(Invalid):
    slug = "too-many-lines"
    title = "The order would have more lines than one has"


class NothingToAmend(Invalid):
    slug = "nothing-to-amend"
    title = "It is not said what is to change"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledLine:
    """How much of a line was called off, and what it no longer adds to the order."""

    line_no: int
    sku: str
    quantity: int
    removed_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedLine:
    """A line that came later, and what it adds."""

    line_no: int
    sku: str
    quantity: int
    added_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One change of an order; `total_minor` is what the order comes to after it."""

    id: UUID
    order_version: int
    amended_at: datetime
    reason: str | None
    cancelled: tuple[CancelledLine, ...]
    added: tuple[AddedLine, ...]
    changed_delivery: bool
    changed_contact: bool
    total_minor: int

    @property
    def removed_minor(self) -> int:
        """What was called off takes from the order's total."""
        return sum(line.removed_minor for line in self.cancelled)

    @property
    def added_minor(self) -> int:
        """What was added brings to the order's total."""
        return sum(line.added_minor for line in self.added)


def check_open(order: Order) -> None:
    """Refuse to change what is over; raises `OrderAlreadyCancelled`, `OrderAlreadyClosed`."""
    if order.commercial is Commercial.CANCELLED:
        raise OrderAlreadyCancelled(OrderAlreadyCancelled.title)
    if order.commercial is Commercial.CLOSED:
        raise OrderAlreadyClosed(OrderAlreadyClosed.title)


def check_not_picked(lines: Sequence[Line]) -> None:
    """Refuse what must come before picking; raises `AlreadyPicked`."""
    for line in lines:
        counts = line.quantities
        if counts.picked or counts.handed_over or counts.delivered or counts.returned:
            message = f"Line {line.line_no} is picked or has left. Release it, or order anew."
            raise AlreadyPicked(message)


def check_nothing_begun(order: Order) -> None:
    """Refuse to cancel what has left, is picked or is being made.

    Raises `OrderAlreadyShipped`, `AlreadyPicked`, `InProduction`.
    """
    for line in order.lines:
        counts = line.quantities
        if counts.handed_over or counts.delivered or counts.returned:
            raise OrderAlreadyShipped(f"{OrderAlreadyShipped.title}. Register a return instead.")
        check_not_in_production(line.line_no, line.production_started_at)
    check_not_picked(order.lines)


def call_off(
    lines: Sequence[Line], told: Mapping[int, int]
) -> tuple[list[CancelledLine], Allocations]:
    """Call off quantities (line_no → how many); gives what falls away and what is still kept.

    A part of a line takes its share of the line's total, rounded down, so that the parts add up to
    the whole when the last one goes. Raises `UnknownLine`, `InProduction`, `QuantityNotThere`.
    """
    present = {line.line_no: line for line in lines}
    cancelled: list[CancelledLine] = []
    kept: Allocations = {}
    for index, (line_no, quantity) in enumerate(told.items()):
        line = present.get(line_no)
        if line is None:
            problem = f"names line {line_no}"
            mend = f"Name one of the lines {', '.join(map(str, present))}."
            field = FieldProblem(f"cancel_lines.{index}.line_no", problem, mend)
            raise UnknownLine(mend, fields=[field])
        check_not_in_production(line_no, line.production_started_at)
        free = line.quantities.unallocated + line.quantities.allocated
        if quantity > free:
            message = f"{quantity} of line {line_no} would be called off, and {free} can be."
            raise QuantityNotThere(f"{message} {_mend(line)}")
        remaining = line.quantity - line.quantities.cancelled
        share = (line.total_minor - line.removed_minor) * quantity // remaining
        cancelled.append(
            CancelledLine(line_no=line_no, sku=line.sku, quantity=quantity, removed_minor=share)
        )
        after = give_up(line, quantity)
        if after != line.allocations:
            kept[line_no] = after
    return cancelled, kept


def _mend(line: Line) -> str:
    if line.quantities.picked:
        return "Release what is picked of it first, or call off less."
    return "Call off less; what has left comes back as a return."


def check_something_remains(
    order: Order, cancelled: Sequence[CancelledLine], added: Sequence[AddedLine]
) -> None:
    """An order of which nothing would be left is cancelled instead; raises `NothingWouldRemain`."""
    alive = sum(line.quantity - line.quantities.cancelled for line in order.lines)
    if not added and alive == sum(line.quantity for line in cancelled):
        message = "Cancel the whole order instead."
        raise NothingWouldRemain(message)


def add_lines(order: Order, lines: Sequence[NewLine]) -> list[AddedLine]:
    """Number the lines that come later after those that are there; raises `TooManyLines`."""
    if len(order.lines) + len(lines) > MOST_LINES:
        problem = f"brings the order to {len(order.lines) + len(lines)} lines"
        mend = f"An order has {MOST_LINES} lines at the most: place another order for the others."
        told = [FieldProblem("add_lines", problem, mend)]
        raise TooManyLines(f"add_lines {problem}. {mend}", fields=told)
    return [
        AddedLine(
            line_no=line_no, sku=line.sku, quantity=line.quantity, added_minor=line.total_minor
        )
        for line_no, line in enumerate(lines, start=len(order.lines) + 1)
    ]
