"""Transactions that run at the same time: none misses what the other writes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg
import pytest

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from segmentation.domain.rules import Declared, Interactions
from segmentation.domain.told import together
from segmentation.jobs.rules import find_members
from segmentation.use_cases.find_standing import find_standing
from segmentation.use_cases.record_facts import record_facts
from segmentation.worker import READERS
from tests.segmentation.telling import (
    NOW,
    customer,
    declared,
    filed,
    linked,
    merged,
    placed,
    returned,
    tell,
    touched,
    write,
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


async def test_who_is_told_of_while_a_rule_is_written_is_found(database: Database) -> None:
    await tell(database, declared(9, 9))
    async with told_but_not_committed(database, declared(1, 1)):
        writing = asyncio.create_task(write(database, "parents", Declared(attribute="children")))
        await asyncio.sleep(0.2)
    await writing

    standing = await find_standing(database, customer(1))
    assert standing.profile is not None
    assert standing.profile.written == {"parents"}


async def test_who_is_told_of_while_a_form_changes_is_measured_by_the_new_one(
    database: Database,
) -> None:
    def band(number: int, *choices: str, at: datetime) -> Incoming:
        return declared(number, number, "band", "low", type_="choice", choices=choices, at=at)

    await tell(database, band(9, "low", "high", at=NOW - timedelta(days=3)))
    await write(database, "lowest", Declared(attribute="band", at_most="low"))
    early, late = NOW - timedelta(days=2), NOW - timedelta(days=1)
    async with told_but_not_committed(database, band(1, "low", "high", at=early)):
        changing = asyncio.create_task(tell(database, band(2, "high", at=late)))
        await asyncio.sleep(0.2)
    await changing
    await find_members(database, now=NOW)

    for number in (1, 2, 9):
        standing = await find_standing(database, customer(number))
        assert standing.profile is not None
        assert standing.profile.written == set()


async def test_rules_are_written_while_facts_come_in_and_nobody_is_missed(
    database: Database,
) -> None:
    async def write_in_turn() -> None:
        for number in range(4):
            await write(database, f"s{number}", Interactions(at_least=1 + number % 2))

    touches = [touched(number, number // 2) for number in range(40)]
    await asyncio.gather(write_in_turn(), *(tell(database, event) for event in touches))
    await find_members(database, now=NOW)

    for number in range(20):
        standing = await find_standing(database, customer(number))
        assert standing.profile is not None
        assert standing.profile.written == {"s0", "s1", "s2", "s3"}
