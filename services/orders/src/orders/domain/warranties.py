"""Warranties: how long the house answers for a piece, and whether it does on a day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_YEAR_MONTHS = 12


class WarrantyState(StrEnum):
    """Whether the house answers for a piece: `ended` once it came back or was never sent."""

    NONE = "none"
    NOT_BEGUN = "not-begun"
    IN_FORCE = "in-force"
    OVER = "over"
    ENDED = "ended"


class WarrantySource(StrEnum):
    """Who said how long: the sale's line, or the terms of its category."""

    LINE = "line"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantyTerm:
    """How long a category that is sold from a day on is warranted; 0 months and 0 days is not."""

    category: str
    since_on: date
    months: int
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Warranty:
    """A sale's warranty; it starts on the day of the delivery, or of the sale at the counter."""

    months: int
    source: WarrantySource | None
    starts_on: date | None
    ended_on: date | None = None
    days: int = 0

    @property
    def until_on(self) -> date | None:
        """Give its last day: days count from the last of its months."""
        if self.starts_on is None or not (self.months or self.days):
            return None
        return months_after(self.starts_on, self.months) + timedelta(days=self.days)

    def state(self, on: date) -> WarrantyState:
        """Say whether the house answers for the piece on a day."""
        if not (self.months or self.days):
            return WarrantyState.NONE
        if self.ended_on is not None and on >= self.ended_on:
            return WarrantyState.ENDED
        if self.starts_on is None or self.until_on is None or on < self.starts_on:
            return WarrantyState.NOT_BEGUN
        return WarrantyState.IN_FORCE if on <= self.until_on else WarrantyState.OVER


def months_after(day: date, months: int) -> date:
    """Give the last day of a period of months that an event of a day begins.

    It is the same date of the last month, or that month's last day where it has no such date
    (Regulation (EEC, Euratom) No 1182/71, article 3).
    """
    months_of_all = day.year * _YEAR_MONTHS + day.month - 1 + months
    year, month = divmod(months_of_all, _YEAR_MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def term_in_force(
    terms: Iterable[WarrantyTerm], category: str | None, on: date
) -> WarrantyTerm | None:
    """Give the term of a category that was sold on a day, or None if nobody said."""
    told = [term for term in terms if term.category == category and term.since_on <= on]
    return max(told, key=lambda term: term.since_on, default=None)
