"""The scoring job: cut points of the whole base, and everybody measured by them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from random import Random

from sqlalchemy import func, select

from chassis.database import Database, snapshot, unit_of_work
from segmentation.domain.profiles import Profile, Yardstick
from segmentation.domain.rates import ExchangeRate
from segmentation.domain.scoring import FIRST_SCALE, CutPoints, convert
from segmentation.jobs.measuring import measure_base
from segmentation.jobs.scoring import score_base
from segmentation.store import profiles, tables, yardsticks
from segmentation.use_cases.import_rates import import_rates
from tests.segmentation.telling import NOW, cancelled, placed, returned, tell

DAY = timedelta(days=1)


def fifths(values: Sequence[int]) -> CutPoints:
    """Cut as `percentile_disc` is defined: the first value with at least that share below it."""
    ordered = sorted(values)
    return CutPoints(*(ordered[ceil(Fraction(n, 5) * len(ordered)) - 1] for n in range(1, 5)))


async def a_base(database: Database, *, buyers: int) -> None:
    """Tell of customers with many ties in all three indicators, a few in a rare currency."""
    draw = Random(7)
    orders = iter(range(10**6))
    for number in range(buyers):
        events = [
            placed(
                next(orders),
                by=number,
                minor=draw.choice([100, 200, 200, 500, 10_001]),
                currency="KWD" if number < 3 else draw.choice(["EUR", "EUR", "JPY", "CHF"]),
                day=draw.choice([10, 200, 400, 450, 454]),
            )
            for _ in range(draw.choice([1, 1, 1, 2, 3, 6]))
        ]
        if number % 10 == 0:
            events.append(returned(number, by=number, minor=150))
        await tell(database, *events)


async def measured_by(database: Database, today: date) -> tuple[Yardstick, list[Profile]]:
    async with snapshot(database) as view:
        yardstick = await yardsticks.load(view, today=today)
        return yardstick, await profiles.page(view, after="", limit=10_000)


async def test_the_base_is_cut_in_fifths_and_measured_by_them(database: Database) -> None:
    await a_base(database, buyers=120)
    rates = [ExchangeRate("JPY", NOW.date() - DAY, Decimal("0.00615"))]
    rates += [ExchangeRate("JPY", NOW.date() + DAY, Decimal(99))]
    async with unit_of_work(database) as tx:
        await import_rates(tx, rates, house_currency="EUR")

    assert await score_base(database, house_currency="EUR", now=NOW) == 120

    yardstick, base = await measured_by(database, NOW.date())
    scale = yardstick.scale
    days = [(NOW.date() - on).days for b in base if (on := b.indicators.last_purchase_on)]
    assert len(days) == 120
    assert scale.factors == {"JPY": Decimal("0.615")}
    assert scale.recency_days == fifths(days)
    assert scale.frequency == fifths([b.indicators.frequency for b in base])
    assert scale.monetary == {"EUR": fifths(_in_euros(base)), "CHF": fifths(_francs(base))}
    for buyer in base:
        assert buyer.scores == scale.scores(buyer.indicators, today=NOW.date())
        assert buyer.segment == yardstick.segments.segment_of(buyer.scores)


async def test_live_events_are_measured_by_the_newest_cut_points(database: Database) -> None:
    await a_base(database, buyers=40)
    await score_base(database, house_currency="EUR", now=NOW)
    await tell(database, *(placed(1000 + n, by=1, minor=10**6, day=454) for n in range(30)))
    yardstick, base = await measured_by(database, NOW.date())
    assert all(
        buyer.scores == yardstick.scale.scores(buyer.indicators, today=NOW.date()) for buyer in base
    )


async def test_a_young_house_keeps_the_first_cut_points(database: Database) -> None:
    await a_base(database, buyers=24)
    assert await score_base(database, house_currency="EUR", now=NOW) is None
    assert await score_base(database, house_currency="EUR", now=NOW, even_if_fresh=True) == 24
    yardstick, _ = await measured_by(database, NOW.date())
    assert yardstick.scale.recency_days == FIRST_SCALE.recency_days
    assert yardstick.scale.monetary == {}


async def test_scoring_again_is_due_on_a_new_day(database: Database) -> None:
    await a_base(database, buyers=30)
    assert await score_base(database, house_currency="EUR", now=NOW) == 30
    assert await score_base(database, house_currency="EUR", now=NOW) is None
    assert await score_base(database, house_currency="EUR", now=NOW + DAY) == 30


async def test_who_merely_grows_a_day_older_with_all_others_stays_where_he_is(
    database: Database,
) -> None:
    await a_base(database, buyers=60)
    await measure_base(database, house_currency="EUR", now=NOW)
    before = await _announced(database)
    await measure_base(database, house_currency="EUR", now=NOW + DAY)
    assert await _announced(database) == before


async def test_scoring_the_same_base_again_announces_nothing(database: Database) -> None:
    await a_base(database, buyers=30)
    await score_base(database, house_currency="EUR", now=NOW)
    before = await _announced(database)
    await score_base(database, house_currency="EUR", now=NOW, even_if_fresh=True)
    assert await _announced(database) == before


async def test_a_scoring_that_was_cut_off_is_taken_up_again(database: Database) -> None:
    await a_base(database, buyers=30)
    await score_base(database, house_currency="EUR", now=NOW)
    async with unit_of_work(database) as tx:
        await tx.execute(tables.scorings.update().values(finished_at=None))
        await tx.execute(tables.profiles.update().values(recency_score=1, segment=None))
        await tx.execute(tables.memberships.delete())
        await tx.execute(tables.segment_counts.delete())
    assert await score_base(database, house_currency="EUR", now=NOW) == 30
    yardstick, base = await measured_by(database, NOW.date())
    assert all(
        buyer.scores == yardstick.scale.scores(buyer.indicators, today=NOW.date()) for buyer in base
    )


async def test_who_cancelled_all_is_not_in_the_base(database: Database) -> None:
    await a_base(database, buyers=30)
    await tell(database, placed(900, by=900, minor=10**9), cancelled(900, minor=10**9))
    assert await score_base(database, house_currency="EUR", now=NOW) == 30


def _in_euros(base: Sequence[Profile]) -> list[int]:
    factors = {"EUR": Decimal(1), "JPY": Decimal("0.615")}
    return [
        sum(convert(s.net_minor, factors[s.currency]) for s in known)
        for buyer in base
        if (known := [s for s in buyer.indicators.spendings if s.currency in factors])
    ]


def _francs(base: Sequence[Profile]) -> list[int]:
    return [s.net_minor for b in base for s in b.indicators.spendings if s.currency == "CHF"]


async def _announced(database: Database) -> int:
    outbox = tables.metadata.tables["outbox"]
    async with snapshot(database) as view:
        return (await view.execute(select(func.count()).select_from(outbox))).scalar_one()
