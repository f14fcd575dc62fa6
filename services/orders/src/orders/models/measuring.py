"""How good probabilities were: how well they rank, and how true they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BINS = 10
_RESAMPLES = 2_000
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Bin:
    """Parcels of like probability: how many, what was said of them, and how many missed."""

    parcels: int
    said: float
    came: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The area under the ROC curve with its 95 % interval, and how true the probabilities were.

    `brier` is their mean squared error; `calibration_error` the mean distance, over ten bins of
    equally many parcels, between what was said and what came.
    """

    parcels: int
    missed: int
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    calibration_error: float
    bins: tuple[Bin, ...]


def measure(said: Sequence[float], came: Sequence[bool], *, seed: int = 1) -> Measures:
    """Measure probabilities against what came; both outcomes must be there."""
    scores = np.asarray(said, dtype=np.float64)
    labels = np.asarray(came, dtype=np.bool_)
    low, high = _interval(scores, labels, seed)
    bins = _bins(scores, labels)
    error = sum(each.parcels * abs(each.said - each.came) for each in bins) / len(scores)
    return Measures(
        parcels=len(scores),
        missed=int(labels.sum()),
        auc=area_under_curve(scores, labels),
        auc_low=low,
        auc_high=high,
        brier=float(np.mean((scores - labels) ** 2)),
        calibration_error=error,
        bins=bins,
    )


def area_under_curve(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Give how often a missed one is ranked above a kept one; ties count half (Mann-Whitney)."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts + (counts + 1) / 2)[places]
    missed = int(labels.sum())
    kept = len(labels) - missed
    return float((ranks[labels].sum() - missed * (missed + 1) / 2) / (missed * kept))


def _interval(
    scores: NDArray[np.float64], labels: NDArray[np.bool_], seed: int
) -> tuple[float, float]:
    """Draw the parcels anew, many times, and give the bounds of 95 % of the areas."""
    random = np.random.default_rng(seed)
    areas: list[float] = []
    while len(areas) < _RESAMPLES:
        drawn = random.integers(0, len(scores), len(scores))
        if 0 < int(labels[drawn].sum()) < len(drawn):
            areas.append(area_under_curve(scores[drawn], labels[drawn]))
    low, high = np.percentile(areas, _INTERVAL)
    return float(low), float(high)


def _bins(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[Bin, ...]:
    order = np.argsort(scores, kind="stable")
    return tuple(
        Bin(len(part), float(scores[part].mean()), float(labels[part].mean()))
        for part in np.array_split(order, min(_BINS, len(order)))
    )
