"""Reading birth dates as people and systems write them: figures, month names, Japanese eras."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from customer.domain.claims import BirthParts
from customer.domain.eras import year_of_era
from customer.domain.identifiers import Unusable
from customer.domain.text import fold

_CACHED = 16_384
_MEND = "Send it as YYYY-MM-DD, such as 1956-04-09, or leave it out."
_YEAR_FIRST = re.compile(
    r"(\d{4}) ?[-/.年 ] ?(\d{1,2}) ?[-/.月 ] ?(\d{1,2}) ?日?(?:[T ]\d\d:.*)?\Z", re.ASCII
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(?: \d\d:.*)?\Z", re.ASCII)
_COMPACT = re.compile(r"\d{8}\Z", re.ASCII)
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHRmtshr])[. ]?(元|\d{1,2}) ?(?:[-/.年] ?(\d{1,2}) ?[-/.月] ?"
    r"(\d{1,2}) ?日?|年)\Z",
    re.ASCII,
)
_COMPACT_ERA = re.compile(r"([MTSHRmtshr])(\d\d)(\d\d)(\d\d)\Z", re.ASCII)
_YEAR_ONLY = re.compile(r"(\d{4})年?\Z", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2})月?\Z", re.ASCII)
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})\Z", re.ASCII)
_MONTH_AND_DAY = re.compile(r"(?:--(\d{2})-?(\d{2})|(\d{1,2})月(\d{1,2})日)\Z", re.ASCII)
_KANJI_FIGURES = str.maketrans("〇一二三四五六七八九", "0123456789")
_KANJI_TENS = re.compile(r"([二三四五六七八九]?)十([一二三四五六七八九]?)")
_MONTHS = (
    ("jan", "gen", "ene"),
    ("feb", "fev"),
    ("mar", "mrz", "maerz"),
    ("apr", "avr", "abr"),
    ("mai", "may", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aou", "ago"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "dez", "dic"),
)
_NO_PART_OF_A_DATE = frozenset({"am", "de", "del", "den", "do", "el", "il", "le", "of", "the"})
_AMERICAN = frozenset({"AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "US", "VI"})
_YEAR_FIRST_AT_HOME = frozenset({"CN", "JP", "KR", "TW"})
_MONTH_BEFORE_DAY = _AMERICAN | _YEAR_FIRST_AT_HOME
_LONGEST_MONTH = 12
_FIRST_YEAR, _LAST_YEAR = 1000, 2999
_MODERN = 1850


@dataclass(frozen=True, slots=True)
class ToldDate:
    """A date as it was understood: the whole day, or the parts that are known; and a doubt."""

    on: date | None = None
    parts: BirthParts | None = None
    doubt: str | None = None


@lru_cache(maxsize=_CACHED)
def read_date(text: str, country: str | None) -> ToldDate:
    """Read a birth date; raises `Unusable` when it is none.

    Day and month are told apart by the country, where nothing else does. The outcome then has a
    doubt, as it has when only one sequence gives a day of the calendar and it is not the usual.
    """
    tidied = " ".join(unicodedata.normalize("NFKC", text).split())
    told = _figures(_in_figures(tidied), country) or _month_in_words(tidied)
    if told is None:
        problem = "is not a date"
        raise Unusable(problem, _MEND)
    return told


def _figures(text: str, country: str | None) -> ToldDate | None:
    if whole := _YEAR_FIRST.match(text):
        year, month, day = map(int, whole.groups())
        return _ordered(year, month, day)
    if whole := _YEAR_LAST.match(text):
        first, mark, second, year = whole.groups()
        if mark == ".":
            return _ordered(int(year), int(second), int(first))
        return _by_country(int(year), int(first), int(second), country)
    if _COMPACT.match(text):
        return _compact(text, country)
    if whole := _ERA.match(text) or _COMPACT_ERA.match(text):
        return _in_era(*whole.groups())
    return _in_part(text)


def _ordered(year: int, month: int, day: int) -> ToldDate:
    """Take year, month, day; zeros stand for what is not known, swapped figures are doubted."""
    if 0 in {year, month, day}:
        return _parts(year, month, day)
    if month > 12 >= day:  # noqa: PLR2004 - months
        return ToldDate(_day(year, day, month), doubt="has day and month swapped, it seems")
    return ToldDate(_day(year, month, day))


def _by_country(year: int, first: int, second: int, country: str | None) -> ToldDate:
    month_first = country in _MONTH_BEFORE_DAY
    month, day = (first, second) if month_first else (second, first)
    if first == second or 0 in {first, second}:
        return _ordered(year, month, day)
    usual = "month and day" if month_first else "day and month"
    if max(first, second) <= 12:  # noqa: PLR2004 - months
        return ToldDate(_day(year, month, day), doubt=f"could be two days: read as {usual}")
    if month <= 12:  # noqa: PLR2004 - months
        return ToldDate(_day(year, month, day))
    return ToldDate(_day(year, day, month), doubt=f"is not written as {usual}, it seems")


def _compact(text: str, country: str | None) -> ToldDate:
    year, year_last = int(text[:4]), int(text[4:])
    year_is_first = _FIRST_YEAR < year <= _LAST_YEAR
    if year_is_first and (int(text[4:6]) <= 12 or year_last < _MODERN):  # noqa: PLR2004 - months
        return _ordered(year, int(text[4:6]), int(text[6:]))
    return _by_country(year_last, int(text[:2]), int(text[2:4]), country)


def _in_era(era: str, year: str, month: str | None, day: str | None) -> ToldDate:
    on_year = year_of_era(era, 1 if year == "元" else int(year))
    if on_year is None:
        problem = "is no year of that era"
        raise Unusable(problem, _MEND)
    if month is None or day is None:
        return _parts(on_year, 0, 0)
    return ToldDate(_day(on_year, int(month), int(day)))


def _in_part(text: str) -> ToldDate | None:
    if found := _YEAR_AND_MONTH.match(text):
        return _parts(int(found.group(1)), int(found.group(2)), 0)
    if found := _MONTH_AND_YEAR.match(text):
        return _parts(int(found.group(2)), int(found.group(1)), 0)
    if found := _YEAR_ONLY.match(text):
        return _parts(int(found.group(1)), 0, 0)
    if found := _MONTH_AND_DAY.match(text):
        month, day = filter(None, found.groups())
        return _parts(0, int(month), int(day))
    return None


def read_parts(year: int, month: int, day: int) -> BirthParts | None:
    """Take the parts that can be; 0 stands for one that is not known. Raises `Unusable`."""
    good = (
        (year == 0 or _FIRST_YEAR <= year <= _LAST_YEAR)
        and 0 <= month <= 12  # noqa: PLR2004 - months
        and 0 <= day <= 31  # noqa: PLR2004 - days
    )
    if not good:
        problem = "is no part of a date"
        raise Unusable(problem, "Send a year of four figures, a month to 12, a day to 31.")
    known = BirthParts(year or None, month or None, day or None)
    return known if known != BirthParts() else None


def _parts(year: int, month: int, day: int) -> ToldDate:
    parts = read_parts(year, month, day)
    if parts is None:
        problem = "is a filler and nobody's birth date"
        raise Unusable(problem, "Leave it out.")
    return ToldDate(parts=parts)


def _month_in_words(text: str) -> ToldDate | None:
    words = [word for word in fold(text).split() if word not in _NO_PART_OF_A_DATE]
    months = [month for word in words if (month := _month(word))]
    figures = [int(found.group()) for word in words if (found := re.match(r"\d+", word))]
    if len(months) != 1 or len(words) != len(figures) + 1:
        return None
    match figures:
        case [day, year] if day <= 31 < year:  # noqa: PLR2004 - days
            return ToldDate(_day(year, months[0], day))
        case [year] if year >= _FIRST_YEAR:
            return _parts(year, months[0], 0)
        case _:
            return None


def _month(word: str) -> int | None:
    if not word.isalpha() or not word.isascii() or len(word) > _LONGEST_MONTH:
        return None
    for number, beginnings in enumerate(_MONTHS, start=1):
        if word.startswith(beginnings):
            return number
    return None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        problem = "is no day of the calendar"
        raise Unusable(problem, _MEND) from None


def _in_figures(text: str) -> str:
    """Write kanji numbers in figures: 三十一 is 31."""
    with_tens = _KANJI_TENS.sub(lambda found: f"{found[1] or 1}{found[2] or 0}", text)
    return with_tens.translate(_KANJI_FIGURES)
