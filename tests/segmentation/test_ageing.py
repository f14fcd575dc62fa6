"""Recency ages by the mere passing of days: the sweep finds who has aged, and only them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis.database import Database, snapshot
from segmentation.jobs import ageing
from segmentation.jobs.ageing import age_base
from segmentation.store.tables import memberships
from segmentation.use_cases.find_standing import find_standing
from tests.segmentation.telling import FIRST_DAY, NOW, customer, placed, tell

AGES = range(0, 450, 5)
"""In days, of the last purchases of as many customers."""


async def a_base(database: Database) -> None:
    today = (NOW.date() - FIRST_DAY).days
    await tell(database, *(placed(age, by=age, day=today - age) for age in AGES))


async def recency(database: Database, number: int) -> int | None:
    profile = (await find_standing(database, customer(number))).profile
    return profile.scores.recency if profile and profile.scores else None


async def test_a_sweep_on_the_same_day_changes_nothing(database: Database) -> None:
    await a_base(database)
    assert await age_base(database, now=NOW) == 0


async def test_missed_days_are_made_up_for(database: Database) -> None:
    await a_base(database)
    later = NOW + timedelta(days=70)
    assert await age_base(database, now=later) > 0
    assert await age_base(database, now=later) == 0
    expected = {30: 5, 90: 4, 180: 3, 365: 2}
    for age in AGES:
        score = next((score for most, score in expected.items() if age + 70 <= most), 1)
        assert await recency(database, age) == score


async def test_all_batches_are_swept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ageing, "_BATCH", 20)
    await a_base(database)
    aged = await age_base(database, now=NOW + timedelta(days=2000))
    assert aged == sum(1 for age in AGES if age <= 365)


async def test_who_ages_leaves_a_segment_for_another(database: Database) -> None:
    await tell(database, placed(1, by=1, day=454))
    later = NOW + timedelta(days=100)
    assert await age_base(database, now=later) == 1
    standing = await find_standing(database, customer(1))
    assert standing.profile is not None
    assert standing.segment_since == later
    async with snapshot(database) as view:
        rows = await view.execute(select(memberships).order_by(memberships.c.entered_at))
    spans = [(row.segment, row.entered_at, row.left_at) for row in rows]
    assert spans == [("new", NOW, later), ("about-to-sleep", later, None)]
