"""Birth dates: which cannot be, and when two of them clearly belong to different people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from customer.domain.word_likeness import Likeness

if TYPE_CHECKING:
    from collections.abc import Collection

_FILLERS: Collection[date] = frozenset(
    {date(1, 1, 1), date(1111, 11, 11), date(1900, 1, 1), date(9999, 12, 31)}
)


def is_filler(birth_date: date) -> bool:
    """Tell whether the date is one that systems write when they know none."""
    return birth_date in _FILLERS


def compare_birth_dates(left: date | None, right: date | None) -> Likeness:
    """Compare two dates, forgiving one wrong part and a swapped day and month.

    Most wrong dates are slips: one of day, month and year differs, the year in one digit, or
    day and month are swapped. More differences are two people.
    """
    if left is None or right is None:
        return Likeness.UNKNOWN
    if left.year == right.year and (left.month, left.day) == (right.day, right.month):
        return Likeness.ALIKE
    wrong_digits = sum(
        mine != theirs for mine, theirs in zip(f"{left.year:04}", f"{right.year:04}", strict=True)
    )
    slips = wrong_digits + (left.month != right.month) + (left.day != right.day)
    return Likeness.ALIKE if slips <= 1 else Likeness.DIFFERENT
