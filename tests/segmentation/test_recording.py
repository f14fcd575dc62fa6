"""What single events do to a customer's indicators, early ones and late ones."""

from datetime import date, timedelta

import pytest

from chassis.database import Database
from chassis.events import Incoming
from segmentation.domain.indicators import NOTHING_KNOWN, Indicators, Spending
from segmentation.use_cases.find_standing import find_standing
from tests.segmentation.telling import (
    FIRST_DAY,
    NOW,
    cancelled,
    customer,
    filed,
    linked,
    merged,
    placed,
    reopened,
    resolved,
    returned,
    tell,
)

DAY = FIRST_DAY + timedelta(days=400)


def euros(ordered: int, cancelled: int = 0, returned: int = 0) -> tuple[Spending, ...]:
    return (Spending("EUR", ordered, cancelled, returned),)


async def indicators(database: Database, number: int) -> Indicators:
    standing = await find_standing(database, customer(number))
    return standing.profile.indicators if standing.profile else NOTHING_KNOWN


async def segment(database: Database, number: int) -> str | None:
    standing = await find_standing(database, customer(number))
    return standing.profile.segment if standing.profile else None


async def test_a_purchase_counts(database: Database) -> None:
    await tell(database, placed(1, by=1))
    assert await indicators(database, 1) == Indicators(DAY, DAY, 1, euros(1000))
    assert await segment(database, 1) == "new"


@pytest.mark.parametrize("early", [True, False])
async def test_a_cancelled_order_is_no_purchase(database: Database, *, early: bool) -> None:
    events = [placed(1, by=1), cancelled(1)]
    for event in reversed(events) if early else events:
        await tell(database, event)
    assert await indicators(database, 1) == Indicators(None, None, 0, euros(1000, 1000))
    assert await segment(database, 1) is None


async def test_an_order_that_was_only_cancelled_so_far_counts_for_nothing(
    database: Database,
) -> None:
    await tell(database, cancelled(1), linked(1, to=1))
    assert await indicators(database, 1) == NOTHING_KNOWN


@pytest.mark.parametrize("early", [True, False])
async def test_an_order_counts_for_whom_it_is_linked_to(database: Database, *, early: bool) -> None:
    events = [placed(1, by=None), linked(1, to=2)]
    for event in reversed(events) if early else events:
        await tell(database, event)
    assert await indicators(database, 2) == Indicators(DAY, DAY, 1, euros(1000))


async def test_an_order_linked_anew_moves_with_its_return_and_complaint(
    database: Database,
) -> None:
    await tell(database, placed(1, by=1), returned(1, order=1), filed(1, None, order=1))
    await tell(database, linked(1, to=2))
    assert await indicators(database, 1) == NOTHING_KNOWN
    assert await indicators(database, 2) == Indicators(DAY, DAY, 1, euros(1000, 0, 300), 1)


async def test_a_return_before_its_order_waits_for_its_customer(database: Database) -> None:
    await tell(database, returned(1, order=1))
    await tell(database, placed(1, by=1))
    assert await indicators(database, 1) == Indicators(DAY, DAY, 1, euros(1000, 0, 300))


async def test_a_return_that_gets_a_customer_of_its_own_leaves_the_orders(
    database: Database,
) -> None:
    await tell(database, placed(1, by=1), returned(1, order=1))
    await tell(database, returned(1, order=1, by=2, sequence=2))
    assert (await indicators(database, 1)).spendings == euros(1000)
    assert (await indicators(database, 2)).spendings == euros(0, 0, 300)


async def test_a_return_without_an_order_counts_for_its_own_customer(database: Database) -> None:
    await tell(database, returned(1, by=1))
    assert await indicators(database, 1) == Indicators(spendings=euros(0, 0, 300))


async def test_currencies_are_never_mixed(database: Database) -> None:
    await tell(database, placed(1, by=1), placed(2, by=1, currency="JPY", minor=5000))
    await tell(database, returned(1, by=1, currency="JPY", minor=100))
    known = await indicators(database, 1)
    assert known.spendings == (Spending("EUR", 1000, 0, 0), Spending("JPY", 5000, 0, 100))


async def test_first_and_last_purchase_are_by_the_days_told_not_by_arrival(
    database: Database,
) -> None:
    await tell(database, placed(1, by=1, day=300))
    await tell(database, placed(2, by=1, day=10))
    known = await indicators(database, 1)
    assert known.first_purchase_on == date(2025, 1, 11)
    assert known.last_purchase_on == FIRST_DAY + timedelta(days=300)


@pytest.mark.parametrize(
    ("events", "still_open"),
    [
        ([filed(1, 1)], 1),
        ([filed(1, 1), resolved(1)], 0),
        ([resolved(1), filed(1, 1)], 0),
        ([filed(1, 1), resolved(1), reopened(1)], 1),
        ([filed(1, 1), reopened(1), resolved(1)], 1),
        ([resolved(1)], 0),
    ],
)
async def test_complaints_are_open_as_their_latest_version_says(
    database: Database, events: list[Incoming], still_open: int
) -> None:
    for event in events:
        await tell(database, event)
    assert (await indicators(database, 1)).open_complaints == still_open


async def test_a_merge_folds_the_retired_profile_into_the_survivors(database: Database) -> None:
    await tell(database, placed(1, by=1, day=400), placed(2, by=2, day=10), filed(1, 1))
    survivor = await find_standing(database, customer(2))
    await tell(database, merged(1, into=2))
    standing = await find_standing(database, customer(1))
    assert standing.customer_id == customer(2)
    assert standing.retired_id == customer(1)
    assert standing.profile is not None
    assert survivor.profile is not None
    assert standing.profile.profile_id == survivor.profile.profile_id
    first = FIRST_DAY + timedelta(days=10)
    assert standing.profile.indicators == Indicators(first, DAY, 2, euros(2000), 1)


async def test_what_is_told_under_a_retired_id_counts_for_the_survivor(
    database: Database,
) -> None:
    await tell(database, merged(1, into=2))
    await tell(database, placed(1, by=1))
    assert await indicators(database, 2) == Indicators(DAY, DAY, 1, euros(1000))


async def test_chains_of_merges_hold_in_any_order(database: Database) -> None:
    await tell(database, placed(1, by=1))
    await tell(database, merged(2, into=3))
    await tell(database, merged(1, into=2))
    await tell(database, placed(2, by=2))
    assert (await indicators(database, 3)).frequency == 2
    standing = await find_standing(database, customer(1))
    assert standing.customer_id == customer(3)


async def test_a_circle_of_merges_ends(database: Database) -> None:
    await tell(database, merged(1, into=2), merged(2, into=1))
    await tell(database, placed(1, by=1))
    assert (await indicators(database, 1)).frequency == 1


async def test_late_news_of_an_old_purchase_leaves_recency_as_it_is(database: Database) -> None:
    await tell(database, placed(1, by=1, day=454))
    before = await segment(database, 1)
    await tell(database, placed(2, by=1, day=1), now=NOW + timedelta(days=1))
    standing = await find_standing(database, customer(1))
    assert standing.profile is not None
    assert standing.profile.scores is not None
    assert standing.profile.scores.recency == 5
    assert standing.profile.segment != before
