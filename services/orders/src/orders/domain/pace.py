"""How parcels arrive these days: the cumulative hazard of arriving, by multiples of their time.

A parcel's age is told in multiples of the time that is expected of its lane, so that all of a
house's parcels, near and far, teach one curve. The curve is that of the whole past, times the
carrier's pace: how many arrived these days, to how many would have at the usual hazard (a
standardised ratio, as epidemiology has it). It moves within days, long before the promises of
those under way have passed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST, _LAST, _BANDS = 0.1, 8.0, 12

MULTIPLES = (
    0.0,
    *(_FIRST * (_LAST / _FIRST) ** (band / _BANDS) for band in range(1, _BANDS + 1)),
)
"""The ends of the bands of age, within each of which the hazard is one."""


def cumulative(hazards: Sequence[float], pace: float) -> tuple[float, ...]:
    """Add up the hazards of the bands, at a pace, at each of `MULTIPLES`."""
    sums = [0.0]
    for hazard, start, end in zip(hazards, MULTIPLES, MULTIPLES[1:], strict=False):
        sums.append(sums[-1] + pace * hazard * (end - start))
    return tuple(sums)


def outlasting(cumulated: Sequence[float], multiple: float) -> float:
    """Give the chance that a parcel takes longer than such a multiple of its expected time."""
    band = min(max(bisect_right(MULTIPLES, multiple) - 1, 0), _BANDS - 1)
    start, end = MULTIPLES[band], MULTIPLES[band + 1]
    slope = (cumulated[band + 1] - cumulated[band]) / (end - start)
    return math.exp(-(cumulated[band] + slope * (max(multiple, 0.0) - start)))
