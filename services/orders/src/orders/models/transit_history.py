"""The house's parcels told again in the sequence of time: what was known at each hand-over.

A feature of a parcel is made only of what had happened before it was handed over, so that what is
learnt from old parcels holds for new ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from orders.domain.estimates import TransitTimes, ends_of
from orders.domain.lanes import HOUSE, Lane, TransitGroup
from orders.domain.lateness import LEAST_DAYS, HandOver, features
from orders.domain.transits import Transit
from orders.models.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RECENTLY = timedelta(days=60)
"""How long what arrived counts as recent."""

_OF_THE_WIDER = 15.0
"""As so many parcels the wider group's mean counts in a narrower one's."""

_OF_NOTHING_NEW = 10.0
_FIRST_GUESS = math.log(5.0)
_FEWEST_KEPT = 5
_FEWEST_BEFORE = 100


@dataclass(frozen=True, slots=True)
class Case:
    """A parcel with a promise, and its features as they were at its hand-over."""

    transit: Transit
    hand_over: HandOver
    values: tuple[float, ...]


class _Kind(IntEnum):
    DELIVERED = 0
    FORGOTTEN = 1
    HANDED_OVER = 2


@dataclass(slots=True)
class _Sum:
    total: float = 0.0
    count: int = 0

    def add(self, value: float, *, times: int = 1) -> None:
        self.total += value
        self.count += times


@dataclass(slots=True)
class History:
    """What is known of transit times at one moment."""

    arrivals: Arrivals
    sums: defaultdict[TransitGroup, _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    days: defaultdict[TransitGroup, list[float]] = field(default_factory=lambda: defaultdict(list))
    lately: defaultdict[TransitGroup, _Sum] = field(default_factory=lambda: defaultdict(_Sum))

    def expected_log(self, groups: Sequence[TransitGroup]) -> float:
        """Give the mean of a group's logarithms, each drawn towards that of the next wider one."""
        mean = _FIRST_GUESS
        for group in reversed(groups):
            found = self.sums.get(group)
            if found is not None:
                mean += (found.total - found.count * mean) / (found.count + _OF_THE_WIDER)
        return mean

    def recent(self, region: TransitGroup) -> float:
        """Give by how much those that arrived lately took longer than was expected of them."""
        found = self.lately.get(region, _Sum())
        return found.total / (found.count + _OF_NOTHING_NEW)

    def values(self, hand_over: HandOver) -> tuple[float, ...]:
        """Give the features of a parcel that is handed over now."""
        return features(
            hand_over,
            expected_log=self.expected_log(hand_over.lane.groups),
            recent=self.recent(hand_over.lane.region),
            hazards=self.arrivals.these_days(hand_over.lane.carrier),
        )

    def times(self) -> Iterator[TransitTimes]:
        """Give what is kept of each group that has some parcels."""
        for group, days in self.days.items():
            if group != HOUSE and len(days) < _FEWEST_KEPT:
                continue
            lane = Lane(
                group.carrier,
                group.service or None,
                group.origin or None,
                group.destination or None,
            )
            chain = lane.groups if group.carrier else (HOUSE,)
            yield TransitTimes(
                group=group,
                parcels=len(days),
                ends=ends_of(days),
                expected_log=self.expected_log(chain),
                recent=self.recent(group) if group in self.lately else None,
                hazards=self.arrivals.these_days(group.carrier or None)
                if group in {HOUSE, lane.by_carrier}
                else None,
            )

    def hand_over(self, index: int, transit: Transit) -> None:
        """Have a parcel under way, which is expected to take as long as its like."""
        self.arrivals.hand_over(
            index,
            carrier=transit.lane.carrier,
            at=transit.handed_over_at,
            expected_days=math.exp(self.expected_log(transit.lane.groups)),
        )

    def arrive(self, transit: Transit) -> float:
        """Learn how long a parcel took; gives by how much longer than was expected."""
        days = transit.days
        assert days is not None  # noqa: S101 - it has arrived
        groups = transit.lane.groups
        log = math.log(max(days, LEAST_DAYS))
        surprise = log - self.expected_log(groups)
        for group in groups:
            self.sums[group].add(log)
            self.days[group].append(days)
        self.lately[transit.lane.region].add(surprise)
        return surprise


def replay(transits: Sequence[Transit], *, until: datetime) -> tuple[History, list[Case]]:
    """Tell parcels again up to a moment: what is known then, and each that had a promise to keep.

    What has no duration (it arrived before it was handed over) teaches nothing and is left out;
    so are the first promises of a house of which hardly a parcel had arrived.
    """
    history, cases = History(Arrivals(len(transits))), list[Case]()
    surprises: dict[int, float] = {}
    for at, kind, index in sorted(_moments(transits)):
        if at > until:
            break
        transit = transits[index]
        history.arrivals.pass_until(at)
        if kind is _Kind.HANDED_OVER:
            case = _case(transit, history)
            if case is not None:
                cases.append(case)
            history.hand_over(index, transit)
        elif kind is _Kind.DELIVERED:
            history.arrivals.arrive(index, at=at)
            surprises[index] = history.arrive(transit)
        else:
            history.lately[transit.lane.region].add(-surprises.pop(index), times=-1)
    history.arrivals.pass_until(until)
    return history, cases


def _moments(transits: Sequence[Transit]) -> Iterator[tuple[datetime, _Kind, int]]:
    for index, transit in enumerate(transits):
        if transit.delivered_at is not None:
            if transit.delivered_at < transit.handed_over_at:
                continue
            yield transit.delivered_at, _Kind.DELIVERED, index
            yield transit.delivered_at + RECENTLY, _Kind.FORGOTTEN, index
        yield transit.handed_over_at, _Kind.HANDED_OVER, index


def _case(transit: Transit, history: History) -> Case | None:
    if transit.promised_until is None or transit.promised_until <= transit.handed_over_at:
        return None
    if len(history.days.get(HOUSE, ())) < _FEWEST_BEFORE:
        return None
    hand_over = HandOver(
        lane=transit.lane,
        placed_at=transit.placed_at,
        handed_over_at=transit.handed_over_at,
        promised_until=transit.promised_until,
    )
    return Case(transit, hand_over, history.values(hand_over))
