"""Named segments: each triple of scores belongs to exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from chassis.errors import NotFound
from segmentation.domain.scoring import HIGHEST, LOWEST, Scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segmentation.domain.written_segments import WrittenSegment


class SegmentUnknown(NotFound):
    """No segment has this name."""

    slug = "segment-unknown"
    title = "There is no such segment"


class SegmentRulesDoNotFit(ValueError):
    """Some triple of scores would fall in no segment, or in two."""


@dataclass(frozen=True, slots=True)
class Range:
    """Scores from `lowest` to `highest`, both included."""

    lowest: int
    highest: int

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.lowest, self.highest + 1))


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """A box of scores; a segment may have several."""

    segment: str
    recency: Range
    frequency: Range
    monetary: Range

    def __iter__(self) -> Iterator[Scores]:
        for recency, frequency, monetary in product(self.recency, self.frequency, self.monetary):
            yield Scores(recency, frequency, monetary)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of scores, by its boxes; or one that the house wrote, by its own rule."""

    slug: str
    name: str
    description: str
    rules: tuple[SegmentRule, ...]
    members: int
    written: WrittenSegment | None = None


class SegmentMap:
    """Which segment each of the 125 triples of scores belongs to."""

    def __init__(self, rules: Iterable[SegmentRule]) -> None:
        """Lay out the rules; raises `SegmentRulesDoNotFit` when they overlap or leave a gap."""
        self._segment_of: dict[Scores, str] = {}
        for rule in rules:
            for scores in rule:
                other = self._segment_of.setdefault(scores, rule.segment)
                if other != rule.segment:
                    raise SegmentRulesDoNotFit(f"{scores} is in {other} and in {rule.segment}")
        whole = Range(LOWEST, HIGHEST)
        for scores in SegmentRule("", whole, whole, whole):
            if scores not in self._segment_of:
                raise SegmentRulesDoNotFit(f"{scores} is in no segment")

    def segment_of(self, scores: Scores | None) -> str | None:
        """Name the segment; who has no scores is in none."""
        return None if scores is None else self._segment_of[scores]
