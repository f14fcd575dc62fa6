"""From where an order's goods come: what each location keeps for it, what is picked there."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heapreplace
from typing import TYPE_CHECKING, TypeAlias

from chassis.errors import Conflict, FieldProblem, Invalid
from orders.domain.fulfilment import Fulfilment, QuantityNotThere, UnknownLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from orders.domain.order import Line


MOST_OFFERED = 10_000
"""How many lines of all locations together an order is allocated from at once."""


class LocationNeeded(Conflict):
    slug = "location-needed"
    title = "Several locations keep goods for the order"


class NothingToAllocate(Conflict):
    slug = "nothing-to-allocate"
    title = "Nothing of what is offered is still to be allocated"


class TooMuchOffered(Invalid):
    slug = "too-much-offered"
    title = "More is offered for an order than one request may bring"


class NothingKeptThere(Conflict):
    slug = "nothing-kept-there"
    title = "The location keeps nothing of that kind for the order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What a location keeps of a line: reserved there, and taken from its shelf."""

    location: str
    allocated: int
    picked: int = 0

    @property
    def kept(self) -> int:
        """All that the location keeps of the line."""
        return self.allocated + self.picked


@dataclass(frozen=True, slots=True)
class Offer:
    """What a location can give at the most, by line_no."""

    location: str
    lines: Mapping[int, int]


Allocations: TypeAlias = dict[int, tuple[Allocation, ...]]
"""By line_no what the locations keep of it after a change; lines that stay as they are are out."""


def check_offered(offers: Sequence[Offer]) -> int:
    """Count the lines of all offers; raises `TooMuchOffered`."""
    count = sum(len(offer.lines) for offer in offers)
    if count > MOST_OFFERED:
        problem = f"have {count} lines together"
        mend = f"Send {MOST_OFFERED} at the most, those of the likeliest locations first."
        told = FieldProblem("offers", problem, mend)
        raise TooMuchOffered(f"The offers {problem}. {mend}", fields=[told])
    return count


def choose_locations(
    lines: Sequence[Line], offers: Sequence[Offer], *, preferred: str | None
) -> Allocations:
    """Allocate what is unallocated to as few locations as a greedy choice finds.

    The preferred location comes first; then one that can give all that is left, else the one that
    gives most of it; among equals the one that was offered first. Raises `UnknownLine` and
    `NothingToAllocate`.
    """
    left = {line.line_no: line.quantities.unallocated for line in lines}
    _check_lines(left, offers)
    gifts = _gifts(left, offers, preferred=preferred)
    if not gifts:
        raise NothingToAllocate(NothingToAllocate.title)
    present = {line.line_no: line.allocations for line in lines}
    return {line_no: _added(present[line_no], gift) for line_no, gift in gifts.items()}


def pick(lines: Sequence[Line], location: str, told: Mapping[int, int] | None) -> Allocations:
    """Take from the shelf of a location what is told, or all that it keeps for the order.

    Raises `UnknownLine`, `NothingKeptThere` and `QuantityNotThere`.
    """

    def picked(kept: Allocation, quantity: int) -> Allocation:
        return replace(kept, allocated=kept.allocated - quantity, picked=kept.picked + quantity)

    reserved = {line.line_no: _at(line.allocations, location).allocated for line in lines}
    wanted = _wanted(reserved, location, told, Fulfilment.ALLOCATED)
    return _changed(lines, location, wanted, picked)


def release(lines: Sequence[Line], location: str, told: Mapping[int, int] | None) -> Allocations:
    """Let go of what a location keeps, reserved goods before picked ones.

    Raises `UnknownLine`, `NothingKeptThere` and `QuantityNotThere`.
    """

    def released(kept: Allocation, quantity: int) -> Allocation:
        of_reserved = min(quantity, kept.allocated)
        return replace(
            kept,
            allocated=kept.allocated - of_reserved,
            picked=kept.picked - (quantity - of_reserved),
        )

    all_kept = {line.line_no: _at(line.allocations, location).kept for line in lines}
    wanted = _wanted(all_kept, location, told, Fulfilment.ALLOCATED)
    return _changed(lines, location, wanted, released)


def source_of(lines: Iterable[Line], location: str | None) -> str | None:
    """Give the location from which goods leave: the told one, or the only one that keeps any.

    Raises `LocationNeeded`.
    """
    keeping = sorted({kept.location for line in lines for kept in line.allocations if kept.kept})
    if location is not None or not keeping:
        return location
    if len(keeping) == 1:
        return keeping[0]
    mend = f"Say from which they leave: {', '.join(keeping)}."
    raise LocationNeeded(mend, fields=[FieldProblem("location", "is missing", mend)])


def leavable(lines: Sequence[Line], location: str | None) -> dict[int, int]:
    """Give by line_no what may leave from a location.

    A location that keeps goods for the order sends those; any other what nobody keeps.
    """
    kept = {line.line_no: _at(line.allocations, location or "").kept for line in lines}
    if any(kept.values()):
        return kept
    return {line.line_no: line.quantities.unallocated for line in lines}


def leave(
    lines: Sequence[Line], quantities: Mapping[int, int], location: str | None
) -> Allocations:
    """Give what locations keep once quantities (line_no → how many) have left from one of them.

    Picked goods leave before reserved ones. Without a location they left unseen, from wherever.
    """
    changes: Allocations = {}
    for line in lines:
        left = quantities.get(line.line_no, 0)
        after = line.allocations
        for kept in line.allocations:
            if left and location in {None, kept.location}:
                gone = min(left, kept.kept)
                of_picked = min(gone, kept.picked)
                rest = replace(
                    kept,
                    picked=kept.picked - of_picked,
                    allocated=kept.allocated - (gone - of_picked),
                )
                after = _with(after, rest)
                left -= gone
        if after != line.allocations:
            changes[line.line_no] = after
    return changes


def give_up(line: Line, quantity: int) -> tuple[Allocation, ...]:
    """Give what is kept of a line once a quantity of it was called off, unreserved goods first."""
    of_reserved = max(0, quantity - line.quantities.unallocated)
    after = line.allocations
    for kept in line.allocations:
        given_up = min(of_reserved, kept.allocated)
        after = _with(after, replace(kept, allocated=kept.allocated - given_up))
        of_reserved -= given_up
    return after


def _check_lines(known: Mapping[int, int], offers: Sequence[Offer]) -> None:
    for index, offer in enumerate(offers):
        for line_no in offer.lines:
            if line_no not in known:
                raise _unknown(line_no, known, field=f"offers.{index}.lines")


def _unknown(line_no: int, known: Iterable[int], *, field: str) -> UnknownLine:
    problem = f"names line {line_no}"
    mend = f"Name one of the lines {', '.join(map(str, known))}."
    return UnknownLine(f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)])


def _gifts(
    left: dict[int, int], offers: Sequence[Offer], *, preferred: str | None
) -> dict[int, Counter[str]]:
    """Give by line_no what each chosen location gives; takes it from what is left.

    What an offer can give only falls as others give, so that the one which still has its earlier
    count at the head of the queue is the best of all, and the others need not be counted anew.
    """
    queue = [
        (offer.location != preferred, -sum(_given(offer, left).values()), index)
        for index, offer in enumerate(offers)
    ]
    heapify(queue)
    gifts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    while queue:
        is_other, _, index = queue[0]
        gift = _given(offers[index], left)
        present = (is_other, -sum(gift.values()), index)
        if present != queue[0] and gift:
            heapreplace(queue, present)
            continue
        heappop(queue)
        for line_no, quantity in gift.items():
            gifts[line_no][offers[index].location] += quantity
            left[line_no] -= quantity
    return gifts


def _given(offer: Offer, left: Mapping[int, int]) -> dict[int, int]:
    gift = ((line_no, min(count, left[line_no])) for line_no, count in offer.lines.items())
    return {line_no: count for line_no, count in gift if count}


def _added(allocations: Sequence[Allocation], gift: Mapping[str, int]) -> tuple[Allocation, ...]:
    after = {kept.location: kept for kept in allocations}
    for location, quantity in gift.items():
        kept = after.get(location) or Allocation(location=location, allocated=0)
        after[location] = replace(kept, allocated=kept.allocated + quantity)
    return tuple(after[location] for location in sorted(after))


def _wanted(
    there: Mapping[int, int], location: str, told: Mapping[int, int] | None, state: Fulfilment
) -> Mapping[int, int]:
    if told is None:
        wanted = {line_no: count for line_no, count in there.items() if count}
        if not wanted:
            message = f"{location} keeps nothing for the order. Allocate it there first."
            raise NothingKeptThere(message)
        return wanted
    for line_no, quantity in told.items():
        if line_no not in there:
            raise _unknown(line_no, there, field="lines")
        if quantity > there[line_no]:
            message = f"{location} has {there[line_no]} of line {line_no} {state}, not {quantity}."
            raise QuantityNotThere(message)
    return told


def _changed(
    lines: Sequence[Line],
    location: str,
    wanted: Mapping[int, int],
    change: Callable[[Allocation, int], Allocation],
) -> Allocations:
    return {
        line.line_no: _with(
            line.allocations, change(_at(line.allocations, location), wanted[line.line_no])
        )
        for line in lines
        if line.line_no in wanted
    }


def _at(allocations: Sequence[Allocation], location: str) -> Allocation:
    for kept in allocations:
        if kept.location == location:
            return kept
    return Allocation(location=location, allocated=0)


def _with(allocations: Sequence[Allocation], changed: Allocation) -> tuple[Allocation, ...]:
    others = [kept for kept in allocations if kept.location != changed.location]
    after = [*others, changed] if changed.kept else others
    return tuple(sorted(after, key=lambda kept: kept.location))
