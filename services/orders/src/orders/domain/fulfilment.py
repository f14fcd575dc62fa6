"""The fulfilment axis: where each line's quantity is, counted from what happened to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Fulfilment(StrEnum):
    """Where a part of a line's quantity is."""

    UNALLOCATED = "unallocated"
    ALLOCATED = "allocated"
    PICKED = "picked"
    HANDED_OVER = "handed-over"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


MOVES: dict[Fulfilment, frozenset[Fulfilment]] = {
    Fulfilment.UNALLOCATED: frozenset(
        {Fulfilment.ALLOCATED, Fulfilment.HANDED_OVER, Fulfilment.CANCELLED}
    ),
    Fulfilment.ALLOCATED: frozenset(
        {
            Fulfilment.UNALLOCATED,
            Fulfilment.PICKED,
            Fulfilment.HANDED_OVER,
            Fulfilment.CANCELLED,
        }
    ),
    Fulfilment.PICKED: frozenset({Fulfilment.UNALLOCATED, Fulfilment.HANDED_OVER}),
    Fulfilment.HANDED_OVER: frozenset({Fulfilment.DELIVERED, Fulfilment.RETURNED}),
    Fulfilment.DELIVERED: frozenset({Fulfilment.RETURNED}),
    Fulfilment.RETURNED: frozenset(),
    Fulfilment.CANCELLED: frozenset(),
}


class RollUp(StrEnum):
    """One word for a whole order, derived from its lines and never stored."""

    UNALLOCATED = "unallocated"
    PARTLY_ALLOCATED = "partly-allocated"
    ALLOCATED = "allocated"
    PARTLY_PICKED = "partly-picked"
    PICKED = "picked"
    PARTLY_HANDED_OVER = "partly-handed-over"
    HANDED_OVER = "handed-over"
    PARTLY_DELIVERED = "partly-delivered"
    DELIVERED = "delivered"
    PARTLY_RETURNED = "partly-returned"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class QuantityNotThere(Conflict):
    slug = "quantity-not-there"
    title = "The line does not have that quantity in that state"


class NothingLeftToShip(Conflict):
    slug = "nothing-left-to-ship"
    title = "Nothing of the order is left to ship"


class MoreReturnedThanSold(Conflict):
    slug = "more-returned-than-sold"
    title = "More would be returned than was sold"


class UnknownLine(Invalid):
    slug = "unknown-line"
    title = "The order has no such line"


@dataclass(frozen=True, slots=True)
class LineQuantities:
    """How much of a line is in each state; the sum is what was ordered, for its whole life."""

    unallocated: int
    allocated: int = 0
    picked: int = 0
    handed_over: int = 0
    delivered: int = 0
    returned: int = 0
    cancelled: int = 0

    def in_state(self, state: Fulfilment) -> int:
        """Give the quantity in a state."""
        return self._counts()[state]

    def move(self, quantity: int, of: Fulfilment, to: Fulfilment) -> LineQuantities:
        """Move a quantity; raises `QuantityNotThere` when the table or the count forbids it."""
        counts = self._counts()
        if to not in MOVES[of] or quantity > counts[of]:
            message = f"{quantity} cannot go from {of} to {to}: {counts[of]} are {of}."
            raise QuantityNotThere(message)
        counts[of] -= quantity
        counts[to] += quantity
        return LineQuantities(*(counts[state] for state in Fulfilment))

    @property
    def returnable(self) -> int:
        """How much can still come back: what is with us yet may have left without our knowing."""
        return self.still_here + self.handed_over + self.delivered

    @property
    def still_here(self) -> int:
        """How much has not left and will."""
        return self.unallocated + self.allocated + self.picked

    def untold_part(self, quantity: int) -> int:
        """Say how much of a quantity that came back had left without anybody telling us.

        Raises `MoreReturnedThanSold`.
        """
        if quantity > self.returnable:
            can = f"{quantity} would come back, and only {self.returnable} can."
            message = f"{can} Read the order, and return what of it has not come back yet."
            raise MoreReturnedThanSold(message)
        return max(0, quantity - self.handed_over - self.delivered)

    def leave(self, quantity: int) -> LineQuantities:
        """Hand a quantity over, picked goods before reserved ones, those before all others."""
        after, left = self, quantity
        for state in (Fulfilment.PICKED, Fulfilment.ALLOCATED):
            gone = min(left, after.in_state(state))
            after = after.move(gone, state, Fulfilment.HANDED_OVER)
            left -= gone
        return after.move(left, Fulfilment.UNALLOCATED, Fulfilment.HANDED_OVER)

    def take_back(self, quantity: int) -> LineQuantities:
        """Return a quantity that has left, delivered goods first."""
        of_delivered = min(quantity, self.delivered)
        return self.move(of_delivered, Fulfilment.DELIVERED, Fulfilment.RETURNED).move(
            quantity - of_delivered, Fulfilment.HANDED_OVER, Fulfilment.RETURNED
        )

    def _counts(self) -> dict[Fulfilment, int]:
        return {
            Fulfilment.UNALLOCATED: self.unallocated,
            Fulfilment.ALLOCATED: self.allocated,
            Fulfilment.PICKED: self.picked,
            Fulfilment.HANDED_OVER: self.handed_over,
            Fulfilment.DELIVERED: self.delivered,
            Fulfilment.RETURNED: self.returned,
            Fulfilment.CANCELLED: self.cancelled,
        }


def quantities(
    *,
    ordered: int,
    shipped: int,
    arrived: int,
    returned: int,
    is_taken_away: bool,
    is_cancelled: bool,
    called_off: int = 0,
    allocated: int = 0,
    picked: int = 0,
) -> LineQuantities:
    """Count a line from what happened; `arrived` is the part of `shipped` that was delivered."""
    if is_taken_away:
        return LineQuantities(0, delivered=ordered).take_back(returned)
    shipped_line = (
        LineQuantities(ordered)
        .move(called_off, Fulfilment.UNALLOCATED, Fulfilment.CANCELLED)
        .move(allocated + picked, Fulfilment.UNALLOCATED, Fulfilment.ALLOCATED)
        .move(picked, Fulfilment.ALLOCATED, Fulfilment.PICKED)
        .move(shipped, Fulfilment.UNALLOCATED, Fulfilment.HANDED_OVER)
        .move(arrived, Fulfilment.HANDED_OVER, Fulfilment.DELIVERED)
        .take_back(returned)
    )
    if not is_cancelled:
        return shipped_line
    return shipped_line.move(shipped_line.unallocated, Fulfilment.UNALLOCATED, Fulfilment.CANCELLED)


def roll_up(lines: Iterable[LineQuantities]) -> RollUp:
    """Say where the whole order is; goods that will never leave do not count."""
    counts: Counter[Fulfilment] = Counter()
    for line in lines:
        counts.update({state: line.in_state(state) for state in Fulfilment})
    alive = counts.total() - counts[Fulfilment.CANCELLED]
    if not alive:
        return RollUp.CANCELLED
    returned = counts[Fulfilment.RETURNED]
    arrived = counts[Fulfilment.DELIVERED] + returned
    left = counts[Fulfilment.HANDED_OVER] + arrived
    picked = counts[Fulfilment.PICKED] + left
    allocated = counts[Fulfilment.ALLOCATED] + picked
    steps = (
        (returned, RollUp.RETURNED, RollUp.PARTLY_RETURNED),
        (arrived, RollUp.DELIVERED, RollUp.PARTLY_DELIVERED),
        (left, RollUp.HANDED_OVER, RollUp.PARTLY_HANDED_OVER),
        (picked, RollUp.PICKED, RollUp.PARTLY_PICKED),
        (allocated, RollUp.ALLOCATED, RollUp.PARTLY_ALLOCATED),
    )
    for count, whole, partly in steps:
        if count == alive:
            return whole
        if count:
            return partly
    return RollUp.UNALLOCATED


@dataclass(frozen=True, slots=True)
class Packed:
    """A quantity of a line in a parcel, or in the unlabelled parcels of a shipment together."""

    parcel: int | None
    line_no: int
    quantity: int


def pack(left: Mapping[int, int], told: Sequence[Mapping[int, int] | None]) -> tuple[Packed, ...]:
    """Share what is left of each line (line_no → quantity) among the parcels of a shipment.

    `told` gives each parcel's contents, or None where nobody said: those parcels carry the rest.
    One such parcel is known to hold it; of several it is only known that they hold it together,
    so that it has arrived when all of them have. Raises `UnknownLine`, `QuantityNotThere` and
    `NothingLeftToShip`.
    """
    rest = dict(left)
    packed: list[Packed] = []
    for parcel, contents in enumerate(told):
        for line_no, quantity in (contents or {}).items():
            rest[line_no] = _take(rest, line_no, quantity, parcel)
            packed.append(Packed(parcel, line_no, quantity))
    silent = [parcel for parcel, contents in enumerate(told) if contents is None]
    if silent:
        holder = silent[0] if len(silent) == 1 else None
        packed += [
            Packed(holder, line_no, quantity) for line_no, quantity in rest.items() if quantity
        ]
    if not packed:
        message = "Every quantity has left already. A further parcel needs a new order."
        raise NothingLeftToShip(message)
    return tuple(packed)


def _take(rest: Mapping[int, int], line_no: int, quantity: int, parcel: int) -> int:
    field = f"parcels.{parcel}.lines"
    if line_no not in rest:
        problem = f"names line {line_no}"
        mend = f"Name one of the lines {', '.join(map(str, rest))}."
        raise UnknownLine(f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)])
    if quantity > rest[line_no]:
        has = f"Line {line_no} has {rest[line_no]} that can leave from there, not {quantity}."
        raise QuantityNotThere(f"{has} Read where the order's quantities are, and send less.")
    return rest[line_no] - quantity
