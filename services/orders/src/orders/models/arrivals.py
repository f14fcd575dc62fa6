"""Learning how parcels arrive, day by day: the usual hazards, and each carrier's pace beside them.

As demographers make the table of a period: what counts is who was under way on a day and who
arrived on it, whenever they were handed over. So nothing waits for a promise to pass.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from orders.domain.estimates import days_between
from orders.domain.pace import MULTIPLES, cumulative

if TYPE_CHECKING:
    from datetime import datetime

HALF_LIFE_DAYS = 5.0
"""After so many days what arrived, and what was expected to, counts half in the pace."""

_AS_THE_WIDER = 5.0
"""As so many arrivals the wider pace counts: the house's for a carrier, the usual for the house."""

_DAY = timedelta(days=1)
_FADE = 0.5 ** (1 / HALF_LIFE_DAYS)
_BANDS = len(MULTIPLES) - 1
_STARTS, _ENDS = np.array(MULTIPLES[:-1]), np.array(MULTIPLES[1:])


class Arrivals:
    """Who is under way and who arrived, told in the sequence of time; known by whole days.

    Parcels are numbered from 0. One that is under way longer than the last of `MULTIPLES` is taken
    for one of which nobody will tell any more.
    """

    def __init__(self, parcels: int) -> None:
        """Have room for so many parcels."""
        self._since = np.zeros(parcels)
        self._arrived_at = np.full(parcels, math.inf)
        self._expected = np.ones(parcels)
        self._carrier = np.zeros(parcels, dtype=np.int64)
        self._carriers: dict[str, int] = {}
        self._under_way = np.zeros(0, dtype=np.int64)
        self._new: list[int] = []
        self._begin: datetime | None = None
        self._days = 0
        self._exposed = np.zeros(_BANDS)
        self._arrivals = np.zeros(_BANDS)
        self._hazards = np.ones(_BANDS)
        self._lately = np.zeros((2, 0))
        self._curves: dict[str | None, tuple[float, ...]] = {}

    def hand_over(self, parcel: int, *, carrier: str, at: datetime, expected_days: float) -> None:
        """Have a parcel under way."""
        self._since[parcel] = self._time(at)
        self._expected[parcel] = expected_days
        self._carrier[parcel] = self._carriers.setdefault(carrier, len(self._carriers))
        self._new.append(parcel)

    def arrive(self, parcel: int, *, at: datetime) -> None:
        """Have a parcel arrive."""
        self._arrived_at[parcel] = self._time(at)

    def pass_until(self, at: datetime) -> None:
        """Count the days that have ended by then."""
        ended = int(self._time(at))
        while self._days < ended:
            self._count_day()
            self._days += 1

    def these_days(self, carrier: str | None) -> tuple[float, ...]:
        """Give the cumulative hazards at a carrier's pace, or at the house's."""
        if carrier not in self._curves:
            arrived, expected = self._lately.tolist()
            pace = _beside(sum(arrived), sum(expected), 1.0)
            place = None if carrier is None else self._carriers.get(carrier)
            if place is not None and place < len(arrived):
                pace = _beside(arrived[place], expected[place], pace)
            self._curves[carrier] = cumulative(self._hazards.tolist(), pace)
        return self._curves[carrier]

    def _time(self, at: datetime) -> float:
        if self._begin is None:
            self._begin = at
        return days_between(self._begin, at)

    def _count_day(self) -> None:
        end = self._days + 1.0
        counted = np.concatenate([self._under_way, np.array(self._new, dtype=np.int64)])
        self._new = []
        since, expected = self._since[counted], self._expected[counted]
        arrived_at = self._arrived_at[counted]
        ages = (np.minimum(arrived_at, end) - since) / expected
        before = np.maximum(self._days - since, 0.0) / expected
        spans = np.minimum(ages[:, None], _ENDS) - np.maximum(before[:, None], _STARTS)
        np.clip(spans, 0.0, None, out=spans)
        arrived = arrived_at <= end

        carriers, count = self._carrier[counted], len(self._carriers)
        faded = np.zeros((2, count))
        faded[:, : self._lately.shape[1]] = self._lately * _FADE
        faded[0] += np.bincount(carriers[arrived], minlength=count)
        faded[1] += np.bincount(carriers, weights=spans @ self._hazards, minlength=count)
        self._lately = faded

        self._exposed += spans.sum(axis=0)
        bands = np.minimum(np.searchsorted(_ENDS, ages[arrived]), _BANDS - 1)
        self._arrivals += np.bincount(bands, minlength=_BANDS)
        usual = (self._arrivals.sum() + 1) / (self._exposed.sum() + 1)
        self._hazards = (self._arrivals + usual) / (self._exposed + 1)
        self._under_way = counted[~arrived & (ages < MULTIPLES[-1])]
        self._curves = {}


def _beside(arrived: float, expected: float, wider: float) -> float:
    return (arrived + _AS_THE_WIDER * wider) / (expected + _AS_THE_WIDER)
