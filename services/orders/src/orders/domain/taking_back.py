"""Goods that come back, with the order they belong to or without one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import FieldProblem, Invalid, NotFound
from orders.domain.fulfilment import LineQuantities, UnknownLine
from orders.domain.money import check_total
from orders.domain.placing import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.domain.order import Line


class ReturnNotFound(NotFound):
    slug = "return-not-found"
    title = "There is no such return"


class ReturnedOrderUnknown(Invalid):
    slug = "returned-order-unknown"
    title = "The order that goods come back from is not known"


class RefundAbovePaid(Invalid):
    slug = "refund-above-paid"
    title = "The refund is more than was paid for the goods"


class ReturnCurrencyDiffers(Invalid):
    slug = "return-currency-differs"
    title = "The refund is in another currency than the order"


class ReturnInTheFuture(Invalid):
    slug = "return-in-the-future"
    title = "The goods would come back in the future"


class ReturnBeforeSale(Invalid):
    slug = "return-before-sale"
    title = "The goods would come back before they were sold"


CLOCKS_DIFFER = timedelta(hours=1)
"""So far may two clocks of the house be apart; one that was not set to summer is so by an hour."""


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A line of a return; `order_line_no` names the order's line where it is known."""

    line_no: int
    order_line_no: int | None
    sku: str
    quantity: int
    refund_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Goods that came back, and what was refunded for them."""

    id: UUID
    source: str
    external_ref: str
    order_id: UUID | None
    customer_id: str | None
    told_customer_id: str | None
    source_record_id: UUID | None
    channel: Channel
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    currency: str
    refund_minor: int
    returned_at: datetime
    time_zone: str
    returned_on: date
    received_at: datetime
    reason: str | None
    lines: tuple[ReturnedLine, ...]
    erased_at: datetime | None = None

    @property
    def retired_told_id(self) -> str | None:
        """The id that was told, where it is another than the present one."""
        return None if self.told_customer_id == self.customer_id else self.told_customer_id

    def erased(self, *, at: datetime) -> Return:
        """Give it without whose it was and what was written of it."""
        return replace(
            self,
            customer_id=None,
            told_customer_id=None,
            source_record_id=None,
            reason=None,
            erased_at=at,
        )


def check_currency(refund: str, *, order: str) -> None:
    """A refund is in the order's currency; raises `ReturnCurrencyDiffers`."""
    if refund == order:
        return
    problem = f"is {refund}, and the order was paid in {order}"
    mend = f"Send the refund in {order}."
    raise ReturnCurrencyDiffers(
        f"The currency {problem}. {mend}", fields=[FieldProblem("currency", problem, mend)]
    )


def check_not_ahead(returned_at: datetime, *, received_at: datetime) -> None:
    """Goods have come back when that is told; raises `ReturnInTheFuture`."""
    if returned_at - received_at <= CLOCKS_DIFFER:
        return
    problem = f"is after {received_at.isoformat(timespec='seconds')}, when it was received"
    mend = "Send when the goods came back, with the offset of its clock."
    told = [FieldProblem("returned_at", problem, mend)]
    raise ReturnInTheFuture(f"returned_at {problem}. {mend}", fields=told)


def check_after_sale(returned_at: datetime, *, placed_at: datetime, received_at: datetime) -> None:
    """Goods come back after they were sold; raises `ReturnBeforeSale`.

    A sale was at its time as told, or when it was received, where the till's clock was ahead.
    """
    sold_at = min(placed_at, received_at)
    if sold_at - returned_at <= CLOCKS_DIFFER:
        return
    problem = f"is before {sold_at.isoformat(timespec='seconds')}, when the order was placed"
    mend = "Send when the goods came back, or the order that they belong to."
    told = [FieldProblem("returned_at", problem, mend)]
    raise ReturnBeforeSale(f"returned_at {problem}. {mend}", fields=told)


def order_unknown() -> ReturnedOrderUnknown:
    """Make the refusal of a return whose order nobody knows."""
    problem = "is not the id of an order"
    mend = "Send the id that the order was answered with, or leave order_id out."
    return ReturnedOrderUnknown(
        f"order_id {problem}. {mend}", fields=[FieldProblem("order_id", problem, mend)]
    )


def check_refund(lines: Sequence[ReturnedLine], *, refund_minor: int, shipping_minor: int) -> None:
    """Where every line says its part, the parts and the shipping must equal the refund."""
    parts = [line.refund_minor for line in lines if line.refund_minor is not None]
    if lines and len(parts) == len(lines):
        check_total(
            refund_minor,
            sum(parts) + shipping_minor,
            field="refund_minor",
            parts="the lines and the shipping",
        )


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of the order that goods come back from, where its quantity is, what it cost.

    `total_minor` is without what was called off, and `tax_minor` the part of it that was added to
    the price.
    """

    line_no: int
    sku: str
    quantities: LineQuantities
    total_minor: int = 0
    tax_minor: int = 0

    @classmethod
    def of(cls, line: Line, *, tax_is_added: bool) -> SoldLine:
        """Take it from an order's line."""
        alive = line.quantity - line.quantities.cancelled
        return cls(
            line.line_no,
            line.sku,
            line.quantities,
            total_minor=line.total_minor - line.removed_minor,
            tax_minor=line.tax_minor * alive // line.quantity if tax_is_added else 0,
        )

    def paid_for(self, quantity: int) -> int:
        """Give what was paid for a quantity, price and tax each rounded up, at most all."""
        counts = self.quantities
        sold = counts.still_here + counts.handed_over + counts.delivered + counts.returned
        goods = self.total_minor - self.tax_minor
        parts = sum(-(-part * quantity // sold) for part in (goods, self.tax_minor)) if sold else 0
        return min(self.total_minor, parts)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Returned lines with their order's line, and what had left without anybody telling us."""

    lines: tuple[ReturnedLine, ...]
    untold: dict[int, int]


def take_back(lines: Sequence[ReturnedLine], sold: Sequence[SoldLine]) -> TakenBack:
    """Find the order's line of each returned one, and that it has that much to give back.

    A line is found by its number, else it is the first of that sku with enough left. Raises
    `UnknownLine` and `MoreReturnedThanSold`.
    """
    present = {line.line_no: line for line in sold}
    found: list[ReturnedLine] = []
    untold: Counter[int] = Counter()
    for index, line in enumerate(lines):
        wanted = _candidates(line, tuple(present.values()), field=f"lines.{index}")
        enough = [one for one in wanted if one.quantities.returnable >= line.quantity]
        chosen = (enough or wanted)[0]
        missing = chosen.quantities.untold_part(line.quantity)
        left = chosen.quantities.leave(missing)
        after = replace(chosen, quantities=left.take_back(line.quantity))
        present[chosen.line_no] = after
        untold[chosen.line_no] += missing
        found.append(replace(line, order_line_no=chosen.line_no))
    return TakenBack(tuple(found), {line_no: count for line_no, count in untold.items() if count})


def check_worth(
    told: Return, sold: Sequence[SoldLine], *, shipping_minor: int, returned_minor: int
) -> None:
    """Refuse to give back more than was paid for goods; `told` has its order's lines.

    A line's refund is held against its share of the line it came from, the whole against those
    shares and the shipping, and all returns of the order, of which `returned_minor` was told
    before, against all that came back. Raises `RefundAbovePaid`.
    """
    lines = {line.line_no: line for line in sold}
    back: Counter[int] = Counter()
    for index, line in enumerate(told.lines):
        origin = lines[line.order_line_no or 0]
        back[origin.line_no] += line.quantity
        paid = origin.paid_for(line.quantity)
        if line.refund_minor is not None and line.refund_minor > paid:
            raise _above(line.refund_minor, paid, field=f"lines.{index}.refund_minor")
    of_these = sum(lines[line_no].paid_for(count) for line_no, count in back.items())
    of_all = sum(
        line.paid_for(line.quantities.returned + back[line.line_no]) for line in lines.values()
    )
    left = min(of_these, of_all - returned_minor) + shipping_minor
    if told.refund_minor > max(0, left):
        raise _above(told.refund_minor, max(0, left), field="refund_minor")


def _above(refund: int, paid: int, *, field: str) -> RefundAbovePaid:
    problem = f"is {refund}, and {paid} was paid for the goods"
    mend = f"Send at most {paid}."
    told = FieldProblem(field, problem, mend)
    return RefundAbovePaid(f"{field} {problem}. {mend}", fields=[told])


def _candidates(line: ReturnedLine, sold: Sequence[SoldLine], *, field: str) -> list[SoldLine]:
    wanted = [
        one for one in sold if one.sku == line.sku and line.order_line_no in {None, one.line_no}
    ]
    if wanted:
        return wanted
    problem = "is not on that line of the order" if line.order_line_no else "is not on the order"
    mend = "Send the sku and order_line_no of a line of the order, or leave order_id out."
    raise UnknownLine(
        f"{line.sku} {problem}. {mend}", fields=[FieldProblem(f"{field}.sku", problem, mend)]
    )
