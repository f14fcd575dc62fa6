"""Asking of each parcel what the house would have said of it then, learning anew as it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from orders.models.fitting import decided, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.models.transit_history import Case

LEARNT_EVERY = timedelta(days=7)
"""The worker learns every day; this is as good, and asks of years in seconds."""


def foretell(cases: Sequence[Case], asked: Sequence[Case]) -> list[float] | None:
    """Give the probability of each asked, by hand-over; None where too few taught.

    Each is judged by a model of those `cases` whose promises had passed when it was learnt, which
    was a week before at most.
    """
    said: list[float] = []
    model = None
    for case in asked:
        at = case.transit.handed_over_at
        if model is None or at - model.trained_at >= LEARNT_EVERY:
            model = fit(decided(cases, by=at), version=0, trained_at=at)
            if model is None:
                return None
        said.append(model.probability(case.values))
    return said
