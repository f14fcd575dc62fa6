"""How parcels arrive these days shows within days, and no carrier's strike is another's."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from orders.domain.pace import MULTIPLES, cumulative, outlasting
from orders.models.arrivals import Arrivals

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
USUAL, STRIKE = 4.0, 12.0


def told(
    days: int, takes: dict[str, float], *, begin: datetime, first: int
) -> Iterator[tuple[datetime, int, str, float]]:
    """Have each carrier get ten parcels a day that take so many days, more or less."""
    for day in range(days):
        for place, (carrier, usual) in enumerate(takes.items()):
            for which in range(10):
                number = first + (day * len(takes) + place) * 10 + which
                yield begin + timedelta(days=day), number, carrier, usual * (0.6 + which / 10)


def learnt(parcels: list[tuple[datetime, int, str, float]], *, until: datetime) -> Arrivals:
    found = Arrivals(len(parcels))
    moments = [(at, 1, number) for at, number, _, _ in parcels]
    moments += [(at + timedelta(days=takes), 0, number) for at, number, _, takes in parcels]
    by_number = {number: (at, carrier) for at, number, carrier, _ in parcels}
    for at, is_hand_over, number in sorted(moments):
        if at > until:
            break
        found.pass_until(at)
        if is_hand_over:
            found.hand_over(number, carrier=by_number[number][1], at=at, expected_days=USUAL)
        else:
            found.arrive(number, at=at)
    found.pass_until(until)
    return found


def test_the_chance_is_that_of_the_hazards() -> None:
    cumulated = cumulative([0.5] * (len(MULTIPLES) - 1), 2.0)
    assert outlasting(cumulated, 0) == 1
    assert outlasting(cumulated, 1.7) == pytest.approx(math.exp(-1.7))
    assert outlasting(cumulated, MULTIPLES[-1] + 3) == pytest.approx(math.exp(-11))


def test_at_the_usual_pace_as_many_outlast_a_time_as_did_before() -> None:
    parcels = list(told(120, {"dhl": USUAL}, begin=MONDAY, first=0))
    found = learnt(parcels, until=MONDAY + timedelta(days=120))
    took_longer = sum(takes > 1.2 * USUAL for *_, takes in parcels) / len(parcels)
    assert outlasting(found.these_days("dhl"), 1.2) == pytest.approx(took_longer, abs=0.08)


def test_a_strike_shows_within_a_week_and_only_at_the_carrier_that_has_it() -> None:
    quiet = list(told(90, {"dhl": USUAL, "ups": USUAL}, begin=MONDAY, first=0))
    begin = MONDAY + timedelta(days=90)
    strike = list(told(20, {"dhl": STRIKE, "ups": USUAL}, begin=begin, first=len(quiet)))
    parcels = quiet + strike

    def chance(carrier: str, days: int) -> float:
        found = learnt(parcels, until=begin + timedelta(days=days))
        return outlasting(found.these_days(carrier), 1.5)

    assert chance("dhl", 0) < 0.15
    assert chance("dhl", 12) > 3 * chance("ups", 12)
    assert chance("ups", 12) < 0.2


def test_a_carrier_that_is_new_goes_at_the_pace_of_the_house() -> None:
    parcels = list(told(60, {"dhl": USUAL}, begin=MONDAY, first=0))
    found = learnt(parcels, until=MONDAY + timedelta(days=60))
    assert found.these_days("colissimo") == found.these_days(None)


def test_what_never_arrives_is_not_waited_for_for_ever() -> None:
    parcels = list(told(60, {"dhl": USUAL}, begin=MONDAY, first=0))
    lost = [(MONDAY + timedelta(days=1), len(parcels) + n, "dhl", 9_999.0) for n in range(50)]
    until = MONDAY + timedelta(days=60)
    with_lost = outlasting(learnt(parcels + lost, until=until).these_days("dhl"), 1.2)
    without = outlasting(learnt(parcels, until=until).these_days("dhl"), 1.2)
    assert with_lost == pytest.approx(without, abs=0.1)
