"""Transactions that run at the same time: none misses what the other writes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from segmentation.domain.told import together
from segmentation.use_cases.find_standing import find_standing
from segmentation.use_cases.record_facts import record_facts
from segmentation.worker import READERS
from tests.segmentation.telling import (
    NOW,
    customer,
    filed,
    linked,
    merged,
    placed,
    returned,
    tell,
)


@asynccontextmanager
async def told_but_not_committed(database: Database, event: Incoming) -> AsyncGenerator[None]:
    async with unit_of_work(database) as tx:
        await record_facts(tx, together([READERS[event.type](event)]), now=NOW)
        yield


async def tell_until_it_takes(database: Database, event: Incoming) -> None:
    """Tell an event as a consumer does, which tries a failed one again."""
    try:
        await tell(database, event)
    except asyncpg.UniqueViolationError:
        await tell(database, event)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (placed(1, by=1), merged(1, into=2)),
        (merged(1, into=2), placed(1, by=1)),
        (placed(1, by=1), placed(2, by=1)),
        (returned(1, order=1), linked(1, to=2)),
        (linked(1, to=2), returned(1, order=1)),
        (filed(1, None, order=1), linked(1, to=2)),
        (linked(1, to=2), filed(1, None, order=1)),
        (merged(1, into=3), merged(3, into=2)),
        (merged(3, into=2), merged(1, into=3)),
    ],
)
async def test_two_at_once_end_as_one_after_the_other(
    database: Database, twin: Database, first: Incoming, second: Incoming
) -> None:
    before = [placed(3, by=1), placed(4, by=3), placed(5, by=2)]
    await tell(database, *before)
    await tell(twin, *before)
    await tell(twin, first)
    await tell(twin, second)

    async with told_but_not_committed(database, first):
        waiting = asyncio.create_task(tell_until_it_takes(database, second))
        await asyncio.sleep(0.1)
    await waiting

    for number in (1, 2, 3):
        at_once = await find_standing(database, customer(number))
        in_turn = await find_standing(twin, customer(number))
        assert at_once.customer_id == in_turn.customer_id
        assert at_once.profile is not None
        assert in_turn.profile is not None
        assert at_once.profile.indicators == in_turn.profile.indicators
        assert at_once.profile.segment == in_turn.profile.segment


async def test_many_writers_of_one_customer_lose_nothing(database: Database) -> None:
    await asyncio.gather(*(tell(database, placed(n, by=1, day=n)) for n in range(20)))
    standing = await find_standing(database, customer(1))
    assert standing.profile is not None
    assert standing.profile.indicators.frequency == 20
    assert standing.profile.indicators.last_purchase_on is not None
    first = standing.profile.indicators.first_purchase_on
    assert first == standing.profile.indicators.last_purchase_on - timedelta(days=19)
