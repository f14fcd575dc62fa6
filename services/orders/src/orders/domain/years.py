"""The years that orders are stored in, and what becomes of those that are put away."""

from __future__ import annotations

from chassis.errors import Conflict


class YearNotOver(Conflict):
    slug = "year-not-over"
    title = "The year is not over"


class OrderArchived(Conflict):
    slug = "order-archived"
    title = "The order of this reference was put away with its year"


def check_over(year: int, *, still_open: int, of_earlier: int, present_year: int) -> None:
    """Let a year be put away that is past, and of which no order is open; raises `YearNotOver`.

    Orders before it whose parcels are of this year would be without them: they go first.
    """
    if year >= present_year:
        message = f"{year} is not past."
        raise YearNotOver(message)
    if still_open:
        message = f"{still_open} orders of {year} are open, or wait for whose they are."
        raise YearNotOver(message)
    if of_earlier:
        message = f"{of_earlier} parcels of {year} are of orders before it. Put those away first."
        raise YearNotOver(message)
