"""Whatever order and number events arrive in, the end is what the whole history adds up to."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis.database import Database, snapshot, unit_of_work
from chassis.events import Incoming
from segmentation.domain.indicators import NOTHING_KNOWN
from segmentation.store import profiles, tables, yardsticks
from segmentation.store.segments import list_all
from segmentation.use_cases.find_standing import find_standing
from tests.segmentation.history import CUSTOMERS, History, histories
from tests.segmentation.telling import NOW, customer, tell

FORGET = """TRUNCATE outbox, customer_aliases, customer_moves, record_moves, order_facts,
    return_facts, complaint_facts, profiles, spendings, memberships, segment_counts"""


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[History, list[list[Incoming]]]:
    """Draw a history and how it arrives: shuffled, some of it twice, in batches of any size."""
    history = draw(histories)
    events = history.events()
    again = draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    shuffled = draw(st.permutations([*events, *again]))
    batches: list[list[Incoming]] = [[]]
    for event in shuffled:
        if draw(st.booleans()):
            batches.append([])
        batches[-1].append(event)
    return history, batches


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(arrivals())
async def test_any_arrival_ends_in_what_the_history_adds_up_to(
    database: Database, arrived: tuple[History, list[list[Incoming]]]
) -> None:
    history, batches = arrived
    async with unit_of_work(database) as tx:
        await tx.execute(text(FORGET))

    for batch in batches:
        await tell(database, *batch)

    for number in range(CUSTOMERS):
        standing = await find_standing(database, customer(number))
        survivor = history.survivor(number)
        assert survivor is not None
        assert standing.customer_id == customer(survivor)
        known = standing.profile.indicators if standing.profile else NOTHING_KNOWN
        assert known == history.indicators(survivor)
        await retired_customers_have_nothing(database, history, number)
    await memberships_agree_with_profiles(database)
    await what_was_announced_is_what_is(database)


async def retired_customers_have_nothing(database: Database, history: History, number: int) -> None:
    async with snapshot(database) as view:
        profile = await profiles.find(view, customer(number))
    if number in history.merges and profile is not None:
        assert profile.indicators == NOTHING_KNOWN
        assert profile.segment is None


async def memberships_agree_with_profiles(database: Database) -> None:
    async with snapshot(database) as view:
        rows = (await view.execute(select(tables.profiles))).all()
        yardstick = await yardsticks.load(view, today=NOW.date())
        members = (await view.execute(select(tables.memberships))).all()
        counts = {segment.slug: segment.members for segment in await list_all(view)}
        for row in rows:
            profile = await profiles.find(view, row.customer_id)
            assert profile is not None
            scores = yardstick.scale.scores(profile.indicators, today=NOW.date())
            assert profile.scores == scores
            assert profile.segment == yardstick.segments.segment_of(scores)
    opened = {row.profile_id: row.segment for row in members if row.left_at is None}
    assert opened == {row.profile_id: row.segment for row in rows if row.segment is not None}
    assert {slug: n for slug, n in counts.items() if n} == Counter(opened.values())


async def what_was_announced_is_what_is(database: Database) -> None:
    async with snapshot(database) as view:
        rows = (await view.execute(select(tables.profiles))).all()
        outbox = tables.metadata.tables["outbox"]
        news = (await view.execute(select(outbox).order_by(outbox.c.seq))).all()
    bodies: dict[tuple[str, str], dict[str, Any]] = {}
    versions: Counter[str] = Counter()
    for row in news:
        versions[row.aggregateid] += 1
        assert row.sequence == versions[row.aggregateid]
        bodies[row.payload["customer_id"].replace("-", ""), row.type] = row.payload
    assert sorted(versions.values()) == sorted(row.version for row in rows if row.version)
    for row in rows:
        body = bodies.get((row.customer_id, "indicators.updated.v1"))
        if body is not None:
            assert body["frequency"] == row.frequency
            assert body["open_complaints"] == row.open_complaints
