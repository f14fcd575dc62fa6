"""Kept promises: whether what was booked for a window arrived in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import sqrt
from uuid import UUID

from chassis.errors import FieldProblem, Invalid

LONGEST_DAYS = 92
_NORMAL_95 = 1.959964
"""The quantile of the normal distribution that leaves 2.5 % on either side."""


class Verdict(StrEnum):
    """How a promise ended; `open` ones are not over, `untold` is when nobody told the arrival."""

    KEPT = "kept"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    OPEN = "open"
    UNTOLD = "untold"


BROKEN = (Verdict.EARLY, Verdict.LATE, Verdict.MISSED)
"""What counts against the house; missed is what has not arrived although its window is over."""


class PeriodNotPossible(Invalid):
    slug = "period-not-possible"
    title = "The period is none that can be reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days of the zones, both included; of one zone or of all."""

    first: date
    last: date
    zone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptShare:
    """What became of a zone's promises of a week, which begins on Monday."""

    zone: str
    week_from: date
    counts: Mapping[Verdict, int]

    @property
    def judged(self) -> int:
        """How many can be judged."""
        return self.counts.get(Verdict.KEPT, 0) + sum(self.counts.get(one, 0) for one in BROKEN)

    @property
    def share(self) -> float | None:
        """Which part of them was kept; None where none can be judged."""
        return self.counts.get(Verdict.KEPT, 0) / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which shares the true one lies in 95 of 100 such weeks."""
        if not self.judged:
            return None
        return wilson(self.counts.get(Verdict.KEPT, 0), self.judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A promise that was not kept, by how many minutes; a missed one so far."""

    hold_id: UUID
    order_id: UUID
    zone: str
    starts_at: datetime
    ends_at: datetime
    verdict: Verdict
    minutes: int
    arrived_at: datetime | None


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Give the score interval of a share at 95 % (Wilson 1927); `of` is at least 1."""
    square = _NORMAL_95**2
    share, spread = hits / of, square / of
    middle = share + spread / 2
    half = _NORMAL_95 * sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def check_period(period: Period) -> None:
    """Refuse a period that ends before it begins or is too long; raises `PeriodNotPossible`."""
    days = (period.last - period.first).days
    if not 0 <= days < LONGEST_DAYS:
        problem = "is before `from`" if days < 0 else f"is {days} days after `from`"
        mend = f"Send a `to` that is less than {LONGEST_DAYS} days after `from`, and not before it."
        told = [FieldProblem("to", problem, mend)]
        raise PeriodNotPossible(f"`to` {problem}. {mend}", fields=told)
