"""Amounts in integer minor units of their currency (ISO 4217): what a line and an order come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST_MINOR = 2**53 - 1
"""The largest amount that every JSON reader keeps exact (RFC 8259 §6)."""


class AmountTooLarge(Invalid):
    slug = "amount-too-large"
    title = "An amount is too large"


class TaxMismatch(Invalid):
    slug = "tax-mismatch"
    title = "A line's tax does not equal the sum of its parts"


class DiscountAbovePrice(Invalid):
    slug = "discount-above-price"
    title = "A line's discount is larger than its price"


class TaxAbovePrice(Invalid):
    slug = "tax-above-price"
    title = "A line's tax is larger than the price that is said to include it"


class TotalMismatch(Invalid):
    slug = "total-mismatch"
    title = "The total does not equal the sum of its parts"


@dataclass(frozen=True, slots=True)
class TaxPart:
    """A part of a line's tax; the rate is a decimal number of per cent, as a text."""

    name: str
    rate_percent: str | None
    amount_minor: int


def within_bounds(minor: int, *, field: str) -> int:
    """Give an amount that every reader keeps exact; raises `AmountTooLarge`."""
    if minor > LARGEST_MINOR:
        problem = f"comes to {minor} minor units"
        mend = f"Send amounts that come to {LARGEST_MINOR} at the most."
        raise AmountTooLarge(
            f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)]
        )
    return minor


def check_tax(tax_minor: int, parts: Sequence[TaxPart], *, field: str) -> None:
    """Compare a line's tax with the sum of its parts, where they are told; raises `TaxMismatch`."""
    whole = sum(part.amount_minor for part in parts)
    if not parts or whole == tax_minor:
        return
    problem = f"come to {whole}, and tax_minor is {tax_minor}"
    mend = f"Send parts that come to {tax_minor}, or leave them out."
    told = FieldProblem(f"{field}.taxes", problem, mend)
    raise TaxMismatch(f"The taxes {problem}. {mend}", fields=[told])


def line_total(
    *,
    quantity: int,
    unit_price_minor: int,
    discount_minor: int,
    added_tax_minor: int,
    field: str = "line",
) -> int:
    """Give quantity times price, less the discount, plus tax that the price does not include.

    Raises `DiscountAbovePrice` when the line would cost less than nothing, and `AmountTooLarge`.
    """
    goods_minor = quantity * unit_price_minor
    if discount_minor > goods_minor:
        problem = f"is {discount_minor}, and the line costs {goods_minor} before it"
        mend = "Send a discount between 0 and quantity times unit_price_minor."
        raise DiscountAbovePrice(
            f"The discount {problem}. {mend}",
            fields=[FieldProblem(f"{field}.discount_minor", problem, mend)],
        )
    return within_bounds(goods_minor - discount_minor + added_tax_minor, field=field)


def check_included_tax(tax_minor: int, total_minor: int, *, field: str) -> None:
    """A price includes no more tax than the line costs; raises `TaxAbovePrice`."""
    if tax_minor > total_minor:
        problem = f"is {tax_minor}, and the line costs {total_minor} with its tax"
        mend = f"Send at most {total_minor}, or prices_include_tax false if the tax comes on top."
        raise TaxAbovePrice(
            f"The tax {problem}. {mend}",
            fields=[FieldProblem(f"{field}.tax_minor", problem, mend)],
        )


def order_total(line_totals: Iterable[int], *, shipping_minor: int) -> int:
    """Give the sum of the lines and the shipping; raises `AmountTooLarge`."""
    return within_bounds(sum(line_totals) + shipping_minor, field="lines")


def check_total(told_minor: int | None, computed_minor: int, *, field: str, parts: str) -> None:
    """Compare a told total with the sum of its parts to the minor unit; raises `TotalMismatch`."""
    if told_minor is None or told_minor == computed_minor:
        return
    problem = f"is {told_minor}, and {parts} come to {computed_minor}"
    mend = f"Send {computed_minor}, leave {field} out, or mend the parts."
    raise TotalMismatch(f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)])
