"""The segments that a new house begins with: each triple of scores is in exactly one."""

from collections import Counter

import pytest

from chassis.database import Database, snapshot
from segmentation.domain.scoring import Scores
from segmentation.domain.segments import Range, SegmentMap, SegmentRule, SegmentRulesDoNotFit
from segmentation.store.segments import list_all, load_map

ALL = Range(1, 5)


async def test_each_of_the_125_triples_is_in_exactly_one_box(database: Database) -> None:
    async with snapshot(database) as view:
        segments = await list_all(view)
    boxes = Counter(scores for segment in segments for rule in segment.rules for scores in rule)
    assert set(boxes) == set(SegmentRule("", ALL, ALL, ALL))
    assert len(boxes) == 125
    assert set(boxes.values()) == {1}


async def test_every_segment_can_be_reached(database: Database) -> None:
    async with snapshot(database) as view:
        segments = await list_all(view)
        known = await load_map(view)
    reached = {known.segment_of(scores) for scores in SegmentRule("", ALL, ALL, ALL)}
    assert reached == {segment.slug for segment in segments}


NAMES = {
    Scores(5, 5, 5): "champions",
    Scores(5, 5, 1): "loyal",
    Scores(5, 1, 5): "high-value",
    Scores(5, 2, 3): "promising",
    Scores(5, 1, 1): "new",
    Scores(3, 3, 3): "needs-attention",
    Scores(3, 1, 2): "about-to-sleep",
    Scores(1, 5, 5): "cannot-lose",
    Scores(2, 3, 3): "at-risk",
    Scores(2, 1, 1): "hibernating",
    Scores(1, 1, 1): "lost",
}


async def test_names_say_what_the_scores_are(database: Database) -> None:
    async with snapshot(database) as view:
        known = await load_map(view)
    assert {scores: known.segment_of(scores) for scores in NAMES} == NAMES


def test_rules_that_overlap_are_refused() -> None:
    whole = SegmentRule("all", ALL, ALL, ALL)
    corner = SegmentRule("best", Range(5, 5), Range(5, 5), Range(5, 5))
    with pytest.raises(SegmentRulesDoNotFit, match="is in all and in best"):
        SegmentMap([whole, corner])


def test_rules_that_leave_a_gap_are_refused() -> None:
    with pytest.raises(SegmentRulesDoNotFit, match="is in no segment"):
        SegmentMap([SegmentRule("recent", Range(2, 5), ALL, ALL)])


def test_who_has_no_scores_is_in_no_segment() -> None:
    assert SegmentMap([SegmentRule("all", ALL, ALL, ALL)]).segment_of(None) is None
