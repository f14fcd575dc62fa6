"""A claim's birth date, told whole, in parts or both: what is known of it, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem
from customer.domain.birth_dates import is_filler
from customer.domain.identifiers import Unusable
from customer.domain.text import tidy
from customer.domain.told_dates import ToldDate, read_date, read_parts

if TYPE_CHECKING:
    from datetime import datetime

    from customer.domain.claims import BirthParts, Claim

_LATEST_ZONE = timedelta(hours=14)
_PARTS = ("birth_year", "birth_month", "birth_day")


@dataclass(frozen=True, slots=True)
class Birth:
    """The day, or else the parts of it that are known; and flags."""

    on: date | None = None
    parts: BirthParts | None = None
    flags: tuple[FieldProblem, ...] = ()


def read_birth(claim: Claim, country: str | None) -> Birth:
    """Read what a claim tells of the birth date; parts count only where no whole day is told."""
    if claim.birth_date is None and all(getattr(claim, name) is None for name in _PARTS):
        return Birth()
    whole, flags = _read_whole(claim, country)
    if whole.on is not None:
        return Birth(whole.on, flags=flags)
    parts, more = _read_parts(claim, whole.parts)
    flags += more
    if parts is not None and (parts.year or 0) > (claim.received_at + _LATEST_ZONE).year:
        problem = "is in the future"
        unusable = Unusable(problem, "Send the year of birth, or leave it out.")
        return Birth(flags=(*flags, _flag(_told_in(claim), unusable)))
    if parts is None or None in {parts.year, parts.month, parts.day}:
        return Birth(parts=parts, flags=flags)
    try:
        on = _not_ahead(_day_of(parts), claim.received_at)
    except Unusable as unusable:
        return Birth(flags=(*flags, _flag("birth_day", unusable)))
    return Birth(on, flags=flags)


def _read_whole(claim: Claim, country: str | None) -> tuple[ToldDate, tuple[FieldProblem, ...]]:
    told = claim.birth_date
    try:
        read = _read(told, country)
        if read.on is not None:
            _not_ahead(read.on, claim.received_at)
    except Unusable as unusable:
        return ToldDate(), (_flag("birth_date", unusable),)
    if read.doubt is None:
        return read, ()
    mend = "Send it as YYYY-MM-DD, so that nobody has to guess."
    return read, (FieldProblem("birth_date", read.doubt, mend),)


def _read(told: date | str | None, country: str | None) -> ToldDate:
    if isinstance(told, date):
        return ToldDate(told)
    text = tidy(told)
    return read_date(text, country) if text is not None else ToldDate()


def _read_parts(
    claim: Claim, known: BirthParts | None
) -> tuple[BirthParts | None, tuple[FieldProblem, ...]]:
    """Take the parts told on their own, beside those that the date gave; one bad part is left."""
    told = [getattr(known, name.removeprefix("birth_"), None) or 0 for name in _PARTS]
    flags: list[FieldProblem] = []
    for place, name in enumerate(_PARTS):
        value = getattr(claim, name)
        if value is None or tidy(str(value)) is None:
            continue
        part = [0, 0, 0]
        try:
            part[place] = _number(str(value))
            read_parts(*part)
        except Unusable as unusable:
            flags.append(_flag(name, unusable))
            continue
        told[place] = part[place] or told[place]
    return read_parts(*told), tuple(flags)


def _told_in(claim: Claim) -> str:
    return "birth_date" if claim.birth_year is None else "birth_year"


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        problem = "is not a number"
        raise Unusable(problem, "Send it in figures, or leave it out.") from None


def _day_of(parts: BirthParts) -> date:
    try:
        return date(parts.year or 0, parts.month or 0, parts.day or 0)
    except ValueError:
        problem = "gives no day of the calendar"
        raise Unusable(problem, "Send a day that the month has, or leave it out.") from None


def _not_ahead(on: date, received_at: datetime) -> date:
    """Refuse fillers, and days that have not begun anywhere on Earth; raises `Unusable`."""
    if is_filler(on):
        problem = "is a filler and nobody's birth date"
        raise Unusable(problem, "Leave it out.")
    if on > (received_at + _LATEST_ZONE).date():
        problem = "is in the future"
        raise Unusable(problem, "Send the date of birth as YYYY-MM-DD, or leave it out.")
    return on


def _flag(field: str, unusable: Unusable) -> FieldProblem:
    return FieldProblem(field, unusable.problem, unusable.mend)
