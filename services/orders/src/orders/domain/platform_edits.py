"""What an edit added to an order, by all that was ever ordered of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.errors import Conflict
from orders.domain.sharing import share

if TYPE_CHECKING:
    from orders.domain.order import Order
    from orders.domain.placing import NewLine, NewOrder


class EditNotTold(Conflict):
    slug = "edit-not-told"
    title = "The platform's order comes to another sum, and its lines do not tell why"


def added_by(told: NewOrder, order: Order) -> tuple[NewLine, ...]:
    """Give the lines, or the parts of them, that a platform's order has more than ours.

    Quantities are held against each other by sku, since they never shrink: what is taken away
    is told beside them. An older state, which has less, adds nothing. Raises `EditNotTold` where
    the sums differ by anything else, such as a price; nothing is added then.
    """
    known = Counter[str]()
    for line in order.lines:
        known[line.sku] += line.quantity
    added: list[NewLine] = []
    for line in told.lines:
        seen = min(known[line.sku], line.quantity)
        known[line.sku] -= seen
        if seen < line.quantity:
            added.append(_part(line, seen))
    is_older = known.total() > 0
    if is_older and not added:
        return ()
    ordered = order.agreed_total_minor + sum(line.removed_minor for line in order.lines)
    expected = ordered + sum(line.total_minor for line in added)
    if is_older or expected != told.total_minor:
        message = (
            f"It comes to {told.total_minor} there, and to {expected} here with what it has more. "
            "Amend the order by hand."
        )
        raise EditNotTold(message)
    return tuple(added)


def _part(line: NewLine, seen: int) -> NewLine:
    """Give what of a line is there beside a quantity that is known."""
    if not seen:
        return line
    more = line.quantity - seen
    discount = share(line.discount_minor, [seen, more])[1]
    tax = share(line.tax_minor, [seen, more])[1]
    added_tax = line.total_minor - (line.quantity * line.unit_price_minor - line.discount_minor)
    return replace(
        line,
        quantity=more,
        discount_minor=discount,
        tax_minor=tax,
        taxes=(),
        total_minor=more * line.unit_price_minor - discount + (tax if added_tax else 0),
    )
