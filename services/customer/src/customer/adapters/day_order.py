"""In which order a file writes day, month and year: one file writes them all in the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PARTED = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})\Z")
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\Z")
_MONTHS = 12


def day_reader(values: Iterable[str]) -> Callable[[str], str]:
    """Give a function that writes a file's dates as YYYY-MM-DD where their order is clear.

    A first part above twelve shows that the day comes first, a second one that the month does.
    What most show is true of all; when none shows it, the day comes first, as in most of the
    world. Other texts are left as they are.
    """
    leading = 0
    for value in values:
        if parts := _PARTED.match(value.strip()):
            first, second, _ = map(int, parts.groups())
            leading += (first > _MONTHS) - (second > _MONTHS)
    day_first = leading >= 0

    def read(value: str) -> str:
        text = value.strip()
        if parts := _PARTED.match(text):
            first, second, year = parts.groups()
            day, month = (first, second) if day_first else (second, first)
            return f"{year}-{month:0>2}-{day:0>2}"
        if parts := _YEAR_FIRST.match(text):
            year, month, day = parts.groups()
            return f"{year}-{month:0>2}-{day:0>2}"
        return text

    return read
