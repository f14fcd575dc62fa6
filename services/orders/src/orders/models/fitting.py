"""Fitting the model of lateness: logistic regression with a ridge, by Newton's method.

The ridge draws towards the chance by the pace of these days as it stands, so that from few missed
promises little else is learnt. Three standardised features and no more: what else was tried on
Olist's earlier parcels (weekday, season, items, freight, price, seller, the share of older parcels
still under way) told nothing of later ones that these do not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from orders.domain.lateness import LEARNT, Factor, LatenessModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from orders.models.transit_history import Case

FEWEST = 300
"""From fewer decided parcels, or fewer than `FEWEST_MISSED` missed promises, nothing is learnt."""

FEWEST_MISSED = 20

_RIDGE = 10.0
_BEGUN = np.array([1.0 if factor is Factor.TRANSIT else 0.0 for factor in LEARNT])
_ROUNDS = 50
_SETTLED = 1e-8
_FLAT = 1e-9


def decided(cases: Sequence[Case], *, by: datetime) -> list[Case]:
    """Give those whose promise has passed by then.

    Those that arrived before it has are left out too: it is known of them that they kept it, but
    of none beside them that it did not.
    """
    return [case for case in cases if case.hand_over.promised_until <= by]


def fit(cases: Sequence[Case], *, version: int, trained_at: datetime) -> LatenessModel | None:
    """Learn from decided parcels; None where they are too few to tell anything."""
    missed = sum(case.transit.missed for case in cases)
    if len(cases) < FEWEST or min(missed, len(cases) - missed) < FEWEST_MISSED:
        return None
    values = np.array([case.values for case in cases], dtype=np.float64)
    labels = np.array([case.transit.missed for case in cases], dtype=np.float64)
    means = values.mean(axis=0)
    spreads = np.maximum(values.std(axis=0), _FLAT)
    begun = np.array([0.0, *(_BEGUN * spreads)])
    weights = _solve((values - means) / spreads, labels, begun)
    return LatenessModel(
        version=version,
        intercept=float(weights[0]),
        weights=tuple(map(float, weights[1:])),
        means=tuple(map(float, means)),
        spreads=tuple(map(float, spreads)),
        parcels=len(cases),
        missed=missed,
        trained_at=trained_at,
    )


def _solve(
    values: NDArray[np.float64], labels: NDArray[np.float64], begun: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the intercept, which is not held back, and the weights, which are drawn to `begun`."""
    rows = np.column_stack([np.ones(len(values)), values])
    ridge = np.diag([0.0, *[_RIDGE] * values.shape[1]])
    share = float(labels.mean())
    weights = begun.copy()
    weights[0] = math.log(share / (1 - share))
    for _ in range(_ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (chances - labels) + ridge @ (weights - begun)
        curve = (rows * (chances * (1 - chances))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curve, slope)
        weights -= step
        if float(np.abs(step).max()) < _SETTLED:
            break
    return weights
