"""Whether a parcel will miss its first promise, and what speaks for it.

At hand-over a logistic model judges, learnt from the house's own parcels, which begins with the
chance that a parcel takes longer than its promise at the pace of these days; before there are
enough of them, how long those took that travelled alike. While the parcel is under way its odds
grow as those of its like do that have been under way as long.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orders.domain.estimates import chance_beyond, days_between, narrowest
from orders.domain.lanes import Lane
from orders.domain.pace import outlasting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orders.domain.estimates import TransitTimes

WARN_AT = 0.5
"""From which probability on the house is warned, where it sets no other."""

LEAST_DAYS = 0.25
"""What took less counts as this, for logarithms."""

_SMALLEST = 1e-4


class Factor(StrEnum):
    """What is known of a parcel when it is handed over.

    - `transit`: the chance that its like take longer than is left until the promise, at the pace
      at which parcels arrive these days.
    - `recent`: by how much longer they took lately.
    - `handling`: how long the house had the order before it handed it over.
    - `elapsed`: how long the parcel has been under way since.
    """

    TRANSIT = "transit"
    RECENT = "recent"
    HANDLING = "handling"
    ELAPSED = "elapsed"


LEARNT = (Factor.TRANSIT, Factor.RECENT, Factor.HANDLING)
"""Those that the model weighs, in the sequence of its weights."""

FORM = 2
"""Goes up whenever what they mean changes, so that no model judges by features of another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A parcel with a promise as it is handed over."""

    lane: Lane
    placed_at: datetime
    handed_over_at: datetime
    promised_until: datetime

    @property
    def slack_days(self) -> float:
        """How much time the carrier has."""
        return days_between(self.handed_over_at, self.promised_until)


def features(
    hand_over: HandOver, *, expected_log: float, recent: float, hazards: Sequence[float]
) -> tuple[float, ...]:
    """Put what is known at hand-over in the form in which it is weighed, as in `LEARNT`."""
    handling = max(days_between(hand_over.placed_at, hand_over.handed_over_at), 0.0)
    multiple = hand_over.slack_days / math.exp(expected_log)
    return (
        logit(outlasting(hazards, multiple)),
        recent,
        math.log(handling + LEAST_DAYS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LatenessModel:
    """A learnt model: a weight for each standardised feature, and what it was learnt from."""

    version: int
    intercept: float
    weights: tuple[float, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    parcels: int
    missed: int
    trained_at: datetime

    def contributions(self, values: Sequence[float]) -> tuple[float, ...]:
        """Say what each feature adds to the log-odds, beside what is usual."""
        return tuple(
            weight * (value - mean) / spread
            for weight, value, mean, spread in zip(
                self.weights, values, self.means, self.spreads, strict=True
            )
        )

    def probability(self, values: Sequence[float]) -> float:
        """Give the probability that such a parcel misses its promise."""
        return logistic(self.intercept + sum(self.contributions(values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How likely a parcel misses its promise, and by how much each factor moves the log-odds.

    `model_version` is None where no model was learnt, and the times of its like judged alone.
    """

    probability: float
    factors: Mapping[Factor, float]
    model_version: int | None


def look_ahead(
    hand_over: HandOver,
    times: Sequence[TransitTimes],
    model: LatenessModel | None,
    *,
    now: datetime,
) -> Outlook | None:
    """Judge a parcel that has not arrived; None where too little is known of its like.

    `times` are those of its groups, the narrowest first.
    """
    elapsed = max(days_between(hand_over.handed_over_at, now), 0.0)
    if narrowest(times, elapsed_days=0.0) is None:
        return None
    hazards = next((each.hazards for each in times if each.hazards is not None), None)
    if model is None or hazards is None:
        return _by_its_like(hand_over.slack_days, times, elapsed=elapsed)
    expected_log = times[0].expected_log
    recent = _recent(hand_over.lane, times)
    values = features(hand_over, expected_log=expected_log, recent=recent, hazards=hazards)
    factors: dict[Factor, float] = dict(zip(LEARNT, model.contributions(values), strict=True))
    beyond = outlasting(hazards, hand_over.slack_days / math.exp(expected_log))
    so_far = outlasting(hazards, elapsed / math.exp(expected_log))
    factors[Factor.ELAPSED] = logit(beyond / so_far) - logit(beyond)
    odds = logit(model.probability(values)) + factors[Factor.ELAPSED]
    return Outlook(probability=logistic(odds), factors=factors, model_version=model.version)


def _by_its_like(slack: float, times: Sequence[TransitTimes], *, elapsed: float) -> Outlook | None:
    at_start = narrowest(times, elapsed_days=0.0)
    if at_start is None:
        return None
    begun = logit(chance_beyond(at_start, slack, elapsed_days=0.0))
    factors: dict[Factor, float] = {Factor.TRANSIT: begun}
    lasting = narrowest(times, elapsed_days=elapsed)
    if lasting is not None:
        before = logit(chance_beyond(lasting, slack, elapsed_days=0.0))
        after = logit(chance_beyond(lasting, slack, elapsed_days=elapsed))
        factors[Factor.ELAPSED] = after - before
    return Outlook(probability=logistic(sum(factors.values())), factors=factors, model_version=None)


def _recent(lane: Lane, times: Sequence[TransitTimes]) -> float:
    region = next((each for each in times if each.group == lane.region), None)
    return (region.recent if region is not None else None) or 0.0


def logistic(odds: float) -> float:
    """Give the probability of log-odds."""
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else 1 - 1 / (1 + math.exp(odds))


def logit(probability: float) -> float:
    """Give the log-odds of a probability, which is never taken for certain."""
    held = min(max(probability, _SMALLEST), 1 - _SMALLEST)
    return math.log(held / (1 - held))
