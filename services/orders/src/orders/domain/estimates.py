"""When a parcel will arrive: quantiles of how long those took that travelled alike.

Once a parcel is under way, only those count that took at least as long as it has by now, so that
the estimate moves with the time that passes. Where too few are left the next wider group is asked,
and nothing is told where even the house has too few.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from orders.domain.lanes import Level, TransitGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

MINIMUM = 20
"""On fewer parcels than these no estimate rests."""

STEPS = 40
"""A group's times are kept as so many equal shares of its parcels."""

EARLY, LIKELY, LATE = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitTimes:
    """How long a group's parcels took: the ends of `STEPS` equal shares, in days, ascending.

    `expected_log` is the mean of their logarithms, drawn towards the wider groups' where they are
    few; `recent` is by how much those that arrived lately took longer, in the same measure.
    `hazards`, of a carrier's group and the house's, tell how parcels arrive these days, as in
    `orders.domain.pace`.
    """

    group: TransitGroup
    parcels: int
    ends: tuple[float, ...]
    expected_log: float
    recent: float | None = None
    hazards: tuple[float, ...] | None = None

    def share_within(self, days: float) -> float:
        """Give the share of parcels that took no longer."""
        if days < self.ends[0]:
            return 0.0
        place = bisect_right(self.ends, days) - 1
        if place >= STEPS:
            return 1.0
        lower, upper = self.ends[place], self.ends[place + 1]
        return (place + (days - lower) / (upper - lower)) / STEPS

    def days_of(self, share: float) -> float:
        """Give within how many days such a share of them arrived."""
        place = min(int(share * STEPS), STEPS - 1)
        lower, upper = self.ends[place], self.ends[place + 1]
        return lower + (upper - lower) * (share * STEPS - place)

    def lasting(self, days: float) -> int:
        """Count those that took longer."""
        return round(self.parcels * (1 - self.share_within(days)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """When a parcel arrives: one in ten arrives earlier than `early_at`, one later than `late_at`.

    It rests on so many `parcels` of its `level` that took at least as long as this one by now.
    """

    early_at: datetime
    likely_at: datetime
    late_at: datetime
    level: Level
    parcels: int


def ends_of(days: Sequence[float]) -> tuple[float, ...]:
    """Give the ends of equal shares of some times (at least one), interpolated between them."""
    ordered = sorted(days)
    last = len(ordered) - 1
    ends: list[float] = []
    for step in range(STEPS + 1):
        place = last * step / STEPS
        lower = int(place)
        upper = min(lower + 1, last)
        ends.append(ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower))
    return tuple(ends)


def narrowest(times: Iterable[TransitTimes], *, elapsed_days: float) -> TransitTimes | None:
    """Give the first group of which enough took at least so long; narrow groups come first."""
    return next((each for each in times if each.lasting(elapsed_days) >= MINIMUM), None)


def estimate(
    times: Iterable[TransitTimes], *, handed_over_at: datetime, now: datetime
) -> Estimate | None:
    """Estimate when a parcel arrives that has not arrived by `now`; None where nothing tells."""
    elapsed = max(days_between(handed_over_at, now), 0.0)
    used = narrowest(times, elapsed_days=elapsed)
    if used is None:
        return None
    gone = used.share_within(elapsed)

    def at(share: float) -> datetime:
        days = used.days_of(gone + share * (1 - gone))
        return handed_over_at + timedelta(days=max(days, elapsed))

    return Estimate(
        early_at=at(EARLY),
        likely_at=at(LIKELY),
        late_at=at(LATE),
        level=used.group.level,
        parcels=used.lasting(elapsed),
    )


def chance_beyond(times: TransitTimes, days: float, *, elapsed_days: float) -> float:
    """Give the share of those that took at least so long that took longer than `days`.

    Never quite none and never quite all of them: it rests on a few parcels.
    """
    lasting = 1 - times.share_within(elapsed_days)
    share = (1 - times.share_within(days)) / lasting if lasting else 1.0
    least = 0.5 / (times.lasting(elapsed_days) + 1)
    return min(max(share, least), 1 - least)


def days_between(one: datetime, other: datetime) -> float:
    """Give how many days, in parts too, lie between."""
    return (other - one) / timedelta(days=1)
