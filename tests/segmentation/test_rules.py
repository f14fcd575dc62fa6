"""Rules of the house's own: who is in by what was declared and said, live and as time passes."""

from datetime import date, timedelta
from typing import Any

import pytest

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from segmentation.domain.days import days_of_the_year
from segmentation.domain.rule_checks import RuleNotValid
from segmentation.domain.rules import (
    BegunBy,
    Channel,
    Condition,
    Declared,
    Interactions,
    LastInteraction,
    Purchases,
    Unanswered,
)
from segmentation.jobs.rules import find_members, turn_base
from segmentation.store.turning import note_turned
from segmentation.use_cases.find_standing import find_standing
from tests.segmentation.telling import (
    NOW,
    cancelled,
    customer,
    declared,
    merged,
    placed,
    tell,
    touched,
    write,
)

BANDS = ("below-25", "25-to-50", "50-to-100", "above-100")
DAY = timedelta(days=1)


def band(value: str, number: int = 1, by: int = 1, **more: Any) -> Incoming:
    return declared(number, by, "income-band", value, type_="choice", choices=BANDS, **more)


def says(attribute: str, **test: Any) -> Declared:
    """Give the condition on what is declared under a name."""
    return Declared(attribute=attribute, **test)


def size(amount: float | str, system: str) -> Incoming:
    value = {"amount": amount, "system": system}
    return declared(1, 1, "shoe-size", value, type_="measure")


def day(name: str, value: str, *, yearly: bool) -> Incoming:
    return declared(1, 1, name, value, type_="date", yearly=yearly)


LIFESTYLE = declared(
    1, 1, "lifestyle", ["art", "travel"], type_="choices", choices=("art", "sport", "travel")
)
BIRTHDAY = day("birthday", "1984-04-02", yearly=True)
SILENT = touched(1, 1, at=NOW - 40 * DAY)

CASES: list[tuple[Incoming, Condition, bool]] = [
    (band("50-to-100"), says("income-band"), True),
    (band("50-to-100"), says("children"), False),
    (band("50-to-100"), says("income-band", equals="50-to-100"), True),
    (band("50-to-100"), says("income-band", equals="25-to-50"), False),
    (band("50-to-100"), says("income-band", one_of=("below-25", "50-to-100")), True),
    (band("50-to-100"), says("income-band", at_least="50-to-100"), True),
    (band("50-to-100"), says("income-band", at_least="above-100"), False),
    (band("50-to-100"), says("income-band", at_most="25-to-50"), False),
    (band("50-to-100", purpose="service"), says("income-band"), False),
    (band("50-to-100", until=NOW), says("income-band"), False),
    (band("50-to-100", until=NOW + DAY), says("income-band"), True),
    (LIFESTYLE, says("lifestyle", equals="travel"), True),
    (LIFESTYLE, says("lifestyle", equals="sport"), False),
    (LIFESTYLE, says("lifestyle", one_of=("sport", "art")), True),
    (declared(1, 1, "tastes", None, type_="text"), says("tastes"), True),
    (declared(1, 1, "vip", True, type_="boolean"), says("vip", equals=True), True),
    (declared(1, 1, "vip", True, type_="boolean"), says("vip", equals=False), False),
    (declared(1, 1, "children", 2), says("children", equals=2.0), True),
    (declared(1, 1, "children", 10), says("children", at_least=9), True),
    (declared(1, 1, "children", 10), says("children", at_most=9), False),
    (declared(1, 1, "children", 2), says("children", at_least=1, at_most=3), True),
    (size(38.5, "EU"), says("shoe-size", equals={"amount": 38.5, "system": "EU"}), True),
    (size(38.5, "EU"), says("shoe-size", at_least={"amount": 38, "system": "EU"}), True),
    (size(38.5, "EU"), says("shoe-size", at_least={"amount": 5, "system": "UK"}), False),
    (size("M", "US"), says("shoe-size", at_least={"amount": 5, "system": "US"}), False),
    (day("wed-on", "2020-06-14", yearly=False), says("wed-on", at_least="2020-06-14"), True),
    (day("wed-on", "2020-06-14", yearly=False), says("wed-on", at_most="2020-06-13"), False),
    (day("wed-on", "2020-04-02", yearly=False), says("wed-on", comes_within_days=2), False),
    (day("wed-on", "2026-04-02", yearly=False), says("wed-on", comes_within_days=2), True),
    (BIRTHDAY, says("birthday", comes_within_days=2), True),
    (BIRTHDAY, says("birthday", comes_within_days=1), False),
    (day("birthday", "--03-31", yearly=True), says("birthday", comes_within_days=0), True),
    (touched(1, 1), Interactions(), True),
    (touched(1, 1), Interactions(channels=(Channel.PHONE,)), False),
    (touched(1, 1), Interactions(begun_by=BegunBy.HOUSE), False),
    (touched(1, 1), Interactions(at_least=2), False),
    (SILENT, Interactions(within_days=39), False),
    (SILENT, Interactions(within_days=41), True),
    (SILENT, LastInteraction(more_than_days_ago=39), True),
    (SILENT, LastInteraction(less_than_days_ago=39), False),
    (SILENT, LastInteraction(before=date(2026, 2, 20)), True),
    (SILENT, LastInteraction(before=date(2026, 2, 19)), False),
    (SILENT, LastInteraction(after=date(2026, 2, 18)), True),
    (SILENT, LastInteraction(after=date(2026, 2, 19)), False),
    (touched(1, 1), Unanswered(), True),
    (touched(1, 1), Unanswered(for_hours=25), False),
    (touched(1, 1, channel="shop"), Unanswered(), False),
    (touched(1, 1, begun_by="house"), Unanswered(), False),
    (touched(1, 1, answered_at=NOW), Unanswered(), False),
    (placed(1, by=1), Purchases(), True),
    (placed(1, by=1), Purchases(at_least=2), False),
]  # fmt: skip


async def segments_of(database: Database, number: int = 1) -> set[str]:
    standing = await find_standing(database, customer(number))
    return set(standing.profile.written) if standing.profile else set()


@pytest.mark.parametrize(("event", "condition", "is_in"), CASES)
async def test_a_condition_takes_whom_it_says_whichever_came_first(
    database: Database, twin: Database, event: Incoming, condition: Condition, *, is_in: bool
) -> None:
    await tell(database, event)
    await write(database, "taken", condition)
    await write(twin, "taken", condition)
    await tell(twin, event)
    await find_members(twin, now=NOW)  # what is told of a form for the first time

    expected = {"taken"} if is_in else set[str]()
    assert await segments_of(database) == expected
    assert await segments_of(twin) == expected


async def test_the_value_observed_last_counts_until_it_is_taken_back(database: Database) -> None:
    await write(database, "rich", says("income-band", equals="above-100"))
    await tell(database, band("above-100", 2, at=NOW - DAY), band("below-25", 1, at=NOW - 2 * DAY))
    later = await segments_of(database)
    await tell(database, band("above-100", 2, at=NOW - DAY, withdrawn=True))

    assert later == {"rich"}
    assert await segments_of(database) == set()


async def test_a_value_that_was_taken_back_before_it_was_told_never_counts(
    database: Database,
) -> None:
    await write(database, "rich", says("income-band"))
    await tell(database, band("above-100", withdrawn=True))
    await tell(database, band("above-100"))

    assert await segments_of(database) == set()


async def test_an_answer_ends_the_waiting(database: Database) -> None:
    await write(database, "waiting", Unanswered())
    await tell(database, touched(1, 1))
    before = await segments_of(database)
    await tell(database, touched(1, 1, answered_at=NOW))

    assert (before, await segments_of(database)) == ({"waiting"}, set())


async def test_a_rule_takes_who_meets_all_one_of_any_and_none_of_none(database: Database) -> None:
    parts: dict[str, Any] = {
        "any": (Interactions(), Purchases()),
        "none": (says("income-band", at_least="above-100"),),
    }
    await tell(database, *(declared(number, number) for number in (1, 2, 3, 4)))
    await tell(database, touched(1, 1), placed(2, by=2), touched(3, 3), placed(5, by=5))
    await tell(database, band("above-100", 9, by=3))
    await write(database, "mixed", says("children"), **parts)

    found = {number for number in range(1, 6) if "mixed" in await segments_of(database, number)}

    assert found == {1, 2}


async def test_a_cancelled_order_takes_its_buyer_out(database: Database) -> None:
    await write(database, "buyers", Purchases())
    await tell(database, placed(1, by=1))
    before = await segments_of(database)
    await tell(database, cancelled(1))

    assert (before, await segments_of(database)) == ({"buyers"}, set())


async def test_a_merge_brings_the_survivor_in(database: Database) -> None:
    await write(database, "talkers", Interactions(at_least=2))
    await tell(database, touched(1, 1), touched(2, 2))
    await tell(database, merged(1, into=2))

    assert await segments_of(database, 2) == {"talkers"}


@pytest.mark.parametrize(
    ("event", "condition", "after", "before_and_after"),
    [
        (touched(1, 1), Interactions(within_days=3), 2 * DAY, (True, False)),
        (touched(1, 1), LastInteraction(more_than_days_ago=3), 2 * DAY, (False, True)),
        (touched(1, 1), LastInteraction(less_than_days_ago=3), 2 * DAY, (True, False)),
        (touched(1, 1), Unanswered(for_hours=30), 6 * DAY / 24, (False, True)),
        (
            band("below-25", until=NOW + DAY),
            says("income-band"),
            DAY,
            (True, False),
        ),
        (BIRTHDAY, says("birthday", comes_within_days=1), DAY / 2, (False, True)),
        (BIRTHDAY, says("birthday", comes_within_days=2), 5 * DAY / 2, (True, False)),
    ],
)
async def test_the_mere_passing_of_time_brings_in_and_out(
    database: Database,
    event: Incoming,
    condition: Condition,
    after: timedelta,
    before_and_after: tuple[bool, bool],
) -> None:
    async with unit_of_work(database) as tx:
        await note_turned(tx, NOW)
    await write(database, "taken", condition)
    await tell(database, event)
    await find_members(database, now=NOW)
    before = "taken" in await segments_of(database)
    await turn_base(database, now=NOW + after - timedelta(seconds=1))
    still = "taken" in await segments_of(database)
    await turn_base(database, now=NOW + after)

    assert still == before
    assert (before, "taken" in await segments_of(database)) == before_and_after


async def test_when_choices_change_their_order_members_are_found_anew(database: Database) -> None:
    await tell(database, band("50-to-100"))
    await write(database, "rich", says("income-band", at_least="25-to-50"))
    before = await segments_of(database)
    reordered = ("50-to-100", "25-to-50")
    other = declared(2, 2, "income-band", "25-to-50", type_="choice", choices=reordered, at=NOW)
    await tell(database, other)
    await find_members(database, now=NOW)

    assert (before, await segments_of(database)) == ({"rich"}, set())
    assert await segments_of(database, 2) == {"rich"}


@pytest.mark.parametrize(
    ("event", "condition", "field"),
    [
        (band("below-25"), says("income-band", equals="huge"), "all.0.equals"),
        (
            band("below-25"),
            says("income-band", one_of=("below-25", 3)),
            "all.0.one_of.1",
        ),
        (LIFESTYLE, says("lifestyle", at_least="art"), "all.0.at_least"),
        (declared(1, 1), says("children", equals="two"), "all.0.equals"),
        (declared(1, 1), says("children", comes_within_days=3), "comes_within_days"),
        (BIRTHDAY, says("birthday", at_most="--04-02"), "all.0.at_most"),
        (BIRTHDAY, says("birthday", equals="2026-02-30"), "all.0.equals"),
        (size(38, "EU"), says("shoe-size", at_least=38), "all.0.at_least"),
        (
            size("M", "US"),
            says("shoe-size", at_least={"amount": "M", "system": "US"}),
            "all.0.at_least",
        ),
        (
            declared(1, 1, "vip", True, type_="boolean"),
            says("vip", equals=1),
            "all.0.equals",
        ),
        (
            declared(1, 1, "tastes", None, type_="text"),
            says("tastes", equals="red"),
            "all.0.equals",
        ),
    ],
)
async def test_a_value_that_the_attribute_never_has_is_refused_with_its_field_and_mend(
    database: Database, event: Incoming, condition: Condition, field: str
) -> None:
    await tell(database, event)

    with pytest.raises(RuleNotValid) as refused:
        await write(database, "wrong", condition)

    [problem] = refused.value.fields
    assert problem.field.endswith(field)
    assert problem.mend


def test_a_leap_day_comes_on_the_28th_where_there_is_none() -> None:
    assert days_of_the_year(date(2026, 2, 27), date(2026, 3, 1)) == [
        "02-27",
        "02-28",
        "02-29",
        "03-01",
    ]
    assert "02-29" not in days_of_the_year(date(2028, 2, 27), date(2028, 2, 28))
