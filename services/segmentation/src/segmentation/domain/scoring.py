"""Scores from 1 to 5 of recency, frequency and monetary: cut points laid on the indicators."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from segmentation.domain.indicators import Indicators, Spending

LOWEST, HIGHEST = 1, 5
UNKNOWN_MONEY_SCORE = 3
"""For a currency that too few buyers use to cut it in fifths: the middle, which favours nobody."""

FEWEST_BUYERS = 25
"""Five in each fifth: fewer buyers are no base to be cut."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)  # bigint times any rate, as PostgreSQL rounds it

_ITSELF = Decimal(1)


@dataclass(frozen=True, slots=True)
class CutPoints:
    """The four values at which a base is cut in fifths, ascending.

    Equal values fall on the same side, so that ties never depend on the order of rows.
    """

    first: int
    second: int
    third: int
    fourth: int

    @property
    def values(self) -> tuple[int, int, int, int]:
        return self.first, self.second, self.third, self.fourth

    def fifth_of(self, value: int) -> int:
        """Tell which fifth a value is in, 1 the lowest; a value at a cut is below it."""
        return 1 + bisect_left(self.values, value)


@dataclass(frozen=True, slots=True)
class Scores:
    recency: int
    frequency: int
    monetary: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The cut points in force, and the factors by which money was made comparable for them.

    `factors` gives, for each currency with a known rate, house minor units for one minor unit.
    Money without a rate is not converted: it is scored among those who spend the same currency.
    """

    house_currency: str
    recency_days: CutPoints
    frequency: CutPoints
    monetary: Mapping[str, CutPoints]
    factors: Mapping[str, Decimal]

    def scores(self, indicators: Indicators, *, today: date) -> Scores | None:
        """Score a customer as of a day; who never bought has no scores."""
        if indicators.last_purchase_on is None:
            return None
        days = max((today - indicators.last_purchase_on).days, 0)
        return Scores(
            recency=LOWEST + HIGHEST - self.recency_days.fifth_of(days),
            frequency=self.frequency.fifth_of(indicators.frequency),
            monetary=self._monetary(indicators.spendings),
        )

    def oldest_on(self, *, today: date) -> dict[int, date]:
        """Give for each recency score above the lowest the oldest last purchase that has it."""
        scores = range(HIGHEST, LOWEST, -1)
        days = zip(scores, self.recency_days.values, strict=True)
        return {score: today - timedelta(days=most) for score, most in days}

    def scored_in(self, currency: str) -> str:
        """Name the currency in which money of this one is compared: the house's, or its own."""
        return self.house_currency if currency in self.factors else currency

    def _monetary(self, spendings: Iterable[Spending]) -> int:
        reckoned: dict[str, int] = defaultdict(int)
        for spending in spendings:
            factor = self.factors.get(spending.currency, _ITSELF)
            reckoned[self.scored_in(spending.currency)] += convert(spending.net_minor, factor)
        return max(
            (self._money_fifth(currency, minor) for currency, minor in reckoned.items()),
            default=LOWEST,
        )

    def _money_fifth(self, currency: str, minor: int) -> int:
        points = self.monetary.get(currency)
        return UNKNOWN_MONEY_SCORE if points is None else points.fifth_of(minor)


FIRST_SCALE = Scale(
    house_currency="",
    recency_days=CutPoints(30, 90, 180, 365),
    frequency=CutPoints(1, 2, 4, 8),
    monetary={},
    factors={},
)
"""What a young house is measured by, until it has buyers enough to be cut in fifths."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """A drawing of cut points, and how many buyers it was drawn from."""

    scoring_id: int
    buyers: int
    scored_at: datetime
    finished_at: datetime | None


def is_due(newest: Scoring | None, *, buyers: int, now: datetime) -> bool:
    """Tell whether new points are due: on a new day, or when the base has doubled."""
    if newest is None:
        return buyers >= FEWEST_BUYERS
    return now.date() > newest.scored_at.date() or buyers >= 2 * newest.buyers


def convert(minor: int, factor: Decimal) -> int:
    """Convert an amount, half a unit away from zero, exactly as the scoring job does in SQL."""
    product = _EXACT.multiply(Decimal(minor), factor)
    return int(product.to_integral_value(rounding=ROUND_HALF_UP))


def factor_of(rate: Decimal, *, digits: int, house_digits: int) -> Decimal:
    """Turn a rate between major units into one between minor units (ISO 4217 exponents)."""
    return rate.scaleb(house_digits - digits)
