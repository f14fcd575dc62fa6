"""A parcel's story is the same whatever the order and number of its events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.ids import new_uuid
from orders.domain.times import ZoneSource
from orders.domain.tracking import Story, Tracking, TrackingEvent, fold, join, story_of

PARCEL = new_uuid()
START = datetime(2026, 3, 1, tzinfo=UTC)


def event(status: Tracking, hours: float, code: str | None = None) -> TrackingEvent:
    at = START + timedelta(hours=hours)
    return TrackingEvent(PARCEL, at, at.isoformat(), ZoneSource.OFFSET, status, code, None, None)


events = st.builds(event, st.sampled_from(Tracking), st.integers(0, 6))
stories = st.lists(events, max_size=12)


@given(stories, st.randoms(use_true_random=False))
@settings(max_examples=500)
def test_any_shuffle_and_duplication_ends_the_same(
    told: list[TrackingEvent], random: Random
) -> None:
    shuffled = told + random.choices(told, k=5) if told else []
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(told)


@given(stories, stories, stories)
def test_stories_join_in_any_grouping(
    one: list[TrackingEvent], two: list[TrackingEvent], three: list[TrackingEvent]
) -> None:
    a, b, c = fold(one), fold(two), fold(three)
    assert join(a, join(b, c)) == join(join(a, b), c)
    assert join(a, b) == join(b, a)
    assert join(a, a) == join(a, Story()) == a


@given(stories, events)
def test_an_earlier_event_never_changes_a_delivery(
    told: list[TrackingEvent], late: TrackingEvent
) -> None:
    delivered = event(Tracking.DELIVERED, 100)
    before = fold([*told, delivered])
    after = fold([*told, delivered, late])
    assert (before.status, after.status) == (Tracking.DELIVERED, Tracking.DELIVERED)
    assert not after.is_disputed


@pytest.mark.parametrize("status", Tracking)
def test_every_status_is_reached_by_its_own_event(status: Tracking) -> None:
    assert story_of(event(status, 0)).status is status


def test_a_parcel_without_an_event_is_in_pre_transit() -> None:
    assert (Story().status, Story().status_at) == (Tracking.PRE_TRANSIT, None)


def test_an_event_after_the_delivery_disputes_it_and_never_takes_it_back() -> None:
    story = fold([event(Tracking.DELIVERED, 5), event(Tracking.IN_TRANSIT, 6)])
    assert (story.status, story.is_disputed) == (Tracking.DELIVERED, True)
    assert story.incident == "delivery_disputed"


def test_a_word_of_no_known_meaning_neither_downgrades_nor_disputes() -> None:
    on_its_way = fold([event(Tracking.OUT_FOR_DELIVERY, 5), event(Tracking.UNKNOWN, 6)])
    delivered = fold([event(Tracking.DELIVERED, 5), event(Tracking.UNKNOWN, 6)])
    assert on_its_way.status is Tracking.OUT_FOR_DELIVERY
    assert not delivered.is_disputed


def test_a_parcel_that_went_back_is_returned_and_not_disputed() -> None:
    story = fold(
        [
            event(Tracking.DELIVERED, 5),
            event(Tracking.RETURN_TO_SENDER, 6),
            event(Tracking.RETURNED, 7),
        ]
    )
    assert (story.status, story.is_disputed) == (Tracking.RETURNED, False)


def test_at_the_same_moment_the_further_one_counts() -> None:
    story = fold([event(Tracking.OUT_FOR_DELIVERY, 5), event(Tracking.IN_TRANSIT, 5)])
    assert story.status is Tracking.OUT_FOR_DELIVERY


def test_an_event_is_known_again_by_what_decides_and_not_by_its_words() -> None:
    told = event(Tracking.IN_TRANSIT, 5, code="ET1")
    translated = replace(told, description="In transit", occurred_told="2026-03-01 06:00")
    assert told.dedupe_key == translated.dedupe_key
    others = [
        event(Tracking.IN_TRANSIT, 5, code="ET2"),
        event(Tracking.CUSTOMS, 5, code="ET1"),
        event(Tracking.IN_TRANSIT, 6, code="ET1"),
        replace(told, location="Lyon"),
        replace(told, parcel_id=new_uuid()),
    ]
    assert told.dedupe_key not in {other.dedupe_key for other in others}
