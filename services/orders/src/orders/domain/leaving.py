"""From where an order's goods may not leave: where nobody keeps them, or nobody comes for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem
from orders.domain.allocation import NothingKeptThere
from orders.domain.delivery import DeliveryMethod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.domain.delivery import Delivery
    from orders.domain.order import Line


class CollectedElsewhere(Conflict):
    slug = "collected-elsewhere"
    title = "The order is collected at another location"


def check_kept_at(lines: Sequence[Line], location: str | None) -> None:
    """Refuse to send from a location what only others keep; raises `NothingKeptThere`."""
    keeping = sorted({kept.location for line in lines for kept in line.allocations if kept.kept})
    is_free = any(line.quantities.unallocated for line in lines)
    if location is None or is_free or not keeping or location in keeping:
        return
    problem = "keeps nothing for the order"
    mend = f"Send what {', '.join(keeping)} keeps from there, or release it there first."
    told = [FieldProblem("location", problem, mend)]
    raise NothingKeptThere(f"{location} {problem}. {mend}", fields=told)


def check_collected_at(delivery: Delivery | None, location: str) -> None:
    """What is to be collected is handed over where that was agreed; raises `CollectedElsewhere`."""
    if delivery is None or delivery.method is not DeliveryMethod.COLLECT:
        return
    if location == delivery.location:
        return
    problem = f"is not {delivery.location}, where the order is collected"
    mend = (
        f"Hand it over at {delivery.location}, or amend the order's delivery before it is picked."
    )
    told = [FieldProblem("location", problem, mend)]
    raise CollectedElsewhere(f"location {problem}. {mend}", fields=told)
