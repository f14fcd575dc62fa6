"""Japanese eras: the years of the calendar that they cover."""

from __future__ import annotations

_FIRST_YEARS = {"M": 1868, "T": 1912, "S": 1926, "H": 1989, "R": 2019}
_LAST_YEARS = {"M": 45, "T": 15, "S": 64, "H": 31, "R": 99}
_LETTERS = {"明治": "M", "大正": "T", "昭和": "S", "平成": "H", "令和": "R"}


def year_of_era(era: str, year: int) -> int | None:
    """Give the year of the calendar; None when the era has no such year.

    The era is told by its name or its letter: 昭和31 and S31 are 1956.
    """
    letter = _LETTERS.get(era, era.upper())
    first, last = _FIRST_YEARS.get(letter), _LAST_YEARS.get(letter, 0)
    if first is None or not 1 <= year <= last:
        return None
    return first + year - 1
