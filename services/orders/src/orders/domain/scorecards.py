"""Carriers' scorecards: what became of their parcels, in shares with intervals, and who is ranked.

Shares have Wilson's 95 % score interval (Wilson 1927), which keeps to [0, 1] and is honest for few.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

RANKED_FROM = 30
"""Nobody is ranked by fewer parcels than these."""

_Z = NormalDist().inv_cdf(0.975)


class Facet(StrEnum):
    """What scorecards are kept apart by, beside the carrier."""

    SERVICE = "service"
    LANE = "lane"
    MONTH = "month"


class PeriodNotPossible(Invalid):
    slug = "period-not-possible"
    title = "The period cannot be shown"


class TooManyScorecards(Invalid):
    slug = "too-many-scorecards"
    title = "These are more scorecards than one answer holds"


@dataclass(frozen=True, slots=True)
class Interval:
    """A share of so many, and between what the true one lies with 95 %."""

    share: float
    of: int
    lower: float
    upper: float


def interval(share: float, of: int) -> Interval | None:
    """Give Wilson's interval of a share; None of nothing."""
    if not of:
        return None
    weight = _Z * _Z / of
    middle = (share + weight / 2) / (1 + weight)
    reach = _Z * math.sqrt(share * (1 - share) / of + weight / of / 4) / (1 + weight)
    lower = 0.0 if share <= 0 else max(0.0, middle - reach)
    upper = 1.0 if share >= 1 else min(1.0, middle + reach)
    return Interval(share, of, lower, upper)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many parcels had which value, in whole hours; two of them add up."""

    parcels: Mapping[int, int] = field(default_factory=dict[int, int])

    @property
    def total(self) -> int:
        """How many parcels have a value at all."""
        return sum(self.parcels.values())

    def percentile(self, percent: float) -> int | None:
        """Give the value that so many percent do not exceed (nearest rank); None of nothing."""
        wanted, seen = max(1, math.ceil(self.total * percent / 100)), 0
        for hours in sorted(self.parcels):
            seen += self.parcels[hours]
            if seen >= wanted:
                return hours
        return None

    def __add__(self, other: Spread) -> Spread:
        together = dict(self.parcels)
        for hours, parcels in other.parcels.items():
            together[hours] = together.get(hours, 0) + parcels
        return Spread(together)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What became of parcels, counted; the counts of two groups add up.

    - `promised`: with a promise of which it is known if it was kept: delivered, or it has passed.
    - `on_time`: of those, delivered by the first promise.
    - `attempted`: a delivery was attempted; `at_first`: none failed before the delivery.
    - `ended`: delivered, returned, lost or damaged; `damaged`, `lost` (or stolen) and `unsaid`
      (lost or damaged, and the carrier does not say which) are of those.
    - `gaps`: the longest time between two scans of a parcel.
    - `lateness`: from the promise to the delivery, negative where it came before.
    - `transits`: from the hand-over to the delivery; `waits`: of what is still under way, since.
    """

    parcels: int = 0
    promised: int = 0
    on_time: int = 0
    attempted: int = 0
    at_first: int = 0
    ended: int = 0
    damaged: int = 0
    lost: int = 0
    unsaid: int = 0
    gaps: Spread = Spread()
    lateness: Spread = Spread()
    transits: Spread = Spread()
    waits: Spread = Spread()

    def within(self, hours: int) -> Interval | None:
        """Give the share that is delivered in so many hours; None where nothing is known.

        What has not been under way for as long counts for as long as it was (Kaplan, Meier 1958);
        what ended otherwise is never delivered.
        """
        at_risk = self.transits.total + self.waits.total + self._ended_otherwise
        known = at_risk - sum(many for at, many in self.waits.parcels.items() if at < hours)
        open_share = 1.0
        for at in sorted({*self.transits.parcels, *self.waits.parcels}):
            if at > hours or not at_risk:
                break
            arrived = self.transits.parcels.get(at, 0)
            open_share *= 1 - arrived / at_risk
            at_risk -= arrived + self.waits.parcels.get(at, 0)
        return interval(min(1.0, max(0.0, 1 - open_share)), known)

    @property
    def _ended_otherwise(self) -> int:
        return max(0, self.ended - self.transits.total)


NONE = Outcomes()
"""No parcels."""


def add(one: Outcomes, other: Outcomes) -> Outcomes:
    """Count two groups of parcels as one."""
    return Outcomes(
        parcels=one.parcels + other.parcels,
        promised=one.promised + other.promised,
        on_time=one.on_time + other.on_time,
        attempted=one.attempted + other.attempted,
        at_first=one.at_first + other.at_first,
        ended=one.ended + other.ended,
        damaged=one.damaged + other.damaged,
        lost=one.lost + other.lost,
        unsaid=one.unsaid + other.unsaid,
        gaps=one.gaps + other.gaps,
        lateness=one.lateness + other.lateness,
        transits=one.transits + other.transits,
        waits=one.waits + other.waits,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What is known of a carrier's parcels; a facet by which nothing is kept apart is None.

    `rank` is among those of the same lane and month; None for whom too few parcels speak.
    """

    carrier: str
    service: str | None
    lane: tuple[str, str] | None
    month: date | None
    outcomes: Outcomes
    rank: int | None = None

    @property
    def on_time(self) -> Interval | None:
        """Kept first promises."""
        return _share(self.outcomes.on_time, self.outcomes.promised)

    @property
    def first_attempt(self) -> Interval | None:
        """Delivered at the first attempt, of those that were attempted."""
        return _share(self.outcomes.at_first, self.outcomes.attempted)

    @property
    def damage(self) -> Interval | None:
        """Damaged, of those that ended."""
        return _share(self.outcomes.damaged, self.outcomes.ended)

    @property
    def loss(self) -> Interval | None:
        """Lost or stolen, of those that ended."""
        return _share(self.outcomes.lost, self.outcomes.ended)

    @property
    def may_be_ranked(self) -> bool:
        """Whether enough promises of it are decided."""
        return self.outcomes.promised >= RANKED_FROM


def rank(scorecards: Iterable[Scorecard]) -> list[Scorecard]:
    """Rank those of the same lane and month by the lower bound of kept promises.

    Whom too few parcels speak for follow without a rank.
    """
    rivals: defaultdict[tuple[object, object], list[Scorecard]] = defaultdict(list)
    for one in scorecards:
        rivals[one.lane, one.month].append(one)
    ranked: list[Scorecard] = []
    for group in rivals.values():
        best_first = sorted(group, key=_by_lower_bound)
        places = iter(range(1, len(group) + 1))
        ranked += [
            replace(one, rank=next(places)) if one.may_be_ranked else one for one in best_first
        ]
    return ranked


def _share(count: int, of: int) -> Interval | None:
    return interval(count / of, of) if of else None


def _by_lower_bound(one: Scorecard) -> tuple[bool, float, str, str]:
    lower = 0.0 if one.on_time is None else one.on_time.lower
    return not one.may_be_ranked, -lower, one.carrier, one.service or ""


def period_not_possible(problem: str, mend: str) -> PeriodNotPossible:
    """Say what is wrong with a period, and how to mend it."""
    return PeriodNotPossible(
        f"The period {problem}. {mend}", fields=[FieldProblem("from", problem, mend)]
    )
