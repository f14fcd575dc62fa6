"""Cut points, scores and money: equal values are never parted, and no rate is invented."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.domain.indicators import NOTHING_KNOWN, Indicators, Spending
from segmentation.domain.scoring import (
    FEWEST_BUYERS,
    FIRST_SCALE,
    UNKNOWN_MONEY_SCORE,
    CutPoints,
    Scale,
    Scoring,
    convert,
    factor_of,
    is_due,
)

TODAY = date(2026, 3, 31)
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
EURO_CUTS = CutPoints(100, 200, 300, 400)
SCALE = Scale(
    house_currency="EUR",
    recency_days=CutPoints(30, 90, 180, 365),
    frequency=CutPoints(1, 2, 4, 8),
    monetary={"EUR": EURO_CUTS, "CHF": CutPoints(10, 20, 30, 40)},
    factors={"JPY": Decimal("0.6")},
)


def buyer(*spent: tuple[str, int], days_ago: int = 0, times: int = 1) -> Indicators:
    on = TODAY - timedelta(days=days_ago)
    spendings = tuple(Spending(currency, minor, 0, 0) for currency, minor in spent)
    return Indicators(on, on, times, spendings)


def monetary(*spent: tuple[str, int]) -> int:
    scores = SCALE.scores(buyer(*spent), today=TODAY)
    assert scores is not None
    return scores.monetary


@pytest.mark.parametrize(
    ("value", "fifth"), [(-5, 1), (100, 1), (101, 2), (200, 2), (400, 4), (401, 5), (10**15, 5)]
)
def test_a_value_at_a_cut_is_below_it(value: int, fifth: int) -> None:
    assert EURO_CUTS.fifth_of(value) == fifth


@given(st.lists(st.integers(), min_size=4, max_size=4).map(sorted), st.integers(), st.integers())
def test_the_greater_value_never_has_the_lower_score(cuts: list[int], one: int, two: int) -> None:
    points = CutPoints(*cuts)
    low, high = sorted((one, two))
    assert 1 <= points.fifth_of(low) <= points.fifth_of(high) <= 5


@pytest.mark.parametrize(("days", "score"), [(-3, 5), (0, 5), (30, 5), (31, 4), (365, 2), (366, 1)])
def test_who_bought_lately_has_the_highest_recency(days: int, score: int) -> None:
    scores = SCALE.scores(buyer(("EUR", 1), days_ago=days), today=TODAY)
    assert scores is not None
    assert scores.recency == score


def test_who_never_bought_has_no_scores() -> None:
    assert SCALE.scores(NOTHING_KNOWN, today=TODAY) is None


def test_money_with_a_rate_is_compared_in_the_house_currency() -> None:
    assert monetary(("EUR", 150), ("JPY", 300)) == EURO_CUTS.fifth_of(150 + 180)


def test_money_without_a_rate_is_compared_within_its_own_currency() -> None:
    assert monetary(("CHF", 25)) == 3
    assert SCALE.scored_in("CHF") == "CHF"
    assert SCALE.scored_in("JPY") == "EUR"


def test_the_best_of_several_currencies_counts() -> None:
    assert monetary(("EUR", 50), ("CHF", 45)) == 5


def test_money_that_nobody_else_spends_is_in_the_middle() -> None:
    assert monetary(("KWD", 10**9)) == UNKNOWN_MONEY_SCORE


@pytest.mark.parametrize(("minor", "converted"), [(5, 3), (-5, -3), (4, 2), (0, 0)])
def test_half_a_unit_is_rounded_away_from_zero(minor: int, converted: int) -> None:
    assert convert(minor, Decimal("0.5")) == converted


def test_a_rate_between_units_becomes_a_factor_between_minor_units() -> None:
    assert factor_of(Decimal("0.0061"), digits=0, house_digits=2) == Decimal("0.61")
    assert factor_of(Decimal("3.0"), digits=3, house_digits=2) == Decimal("0.3")


@given(st.integers(0, 400), st.integers(0, 400))
def test_age_bounds_say_exactly_who_has_aged(days: int, later: int) -> None:
    known = buyer(("EUR", 1), days_ago=days)
    before = SCALE.scores(known, today=TODAY)
    after = SCALE.scores(known, today=TODAY + timedelta(days=later))
    assert before is not None
    assert after is not None
    bounds = SCALE.oldest_on(today=TODAY + timedelta(days=later))
    oldest = bounds.get(before.recency)
    last = known.last_purchase_on
    assert last is not None
    has_aged = oldest is not None and last < oldest
    assert has_aged == (after.recency < before.recency)


def test_a_young_house_is_not_cut_in_fifths() -> None:
    assert not is_due(None, buyers=FEWEST_BUYERS - 1, now=AT)
    assert is_due(None, buyers=FEWEST_BUYERS, now=AT)
    assert FIRST_SCALE.scored_in("EUR") == "EUR"


@pytest.mark.parametrize(
    ("hours", "buyers", "due"), [(11, 100, False), (12, 100, True), (1, 199, False), (1, 200, True)]
)
def test_new_cut_points_are_due_on_a_new_day_or_after_a_doubling(
    hours: int, buyers: int, *, due: bool
) -> None:
    known = Scoring(1, 100, scored_at=AT, finished_at=AT)
    assert is_due(known, buyers=buyers, now=AT + timedelta(hours=hours)) is due
