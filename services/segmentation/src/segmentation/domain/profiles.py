"""A customer's profile and what becomes of it when its indicators, the scale or the day change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segmentation.domain.indicators import NOTHING_KNOWN, Indicators

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from segmentation.domain.scoring import Scale, Scores
    from segmentation.domain.segments import SegmentMap


@dataclass(frozen=True, slots=True)
class Profile:
    """What segmentation knows of one customer; `version` counts what was announced of it.

    `segment` is that of its scores, `written` those of the house's own rules.
    """

    profile_id: UUID
    customer_id: str
    version: int = 0
    indicators: Indicators = NOTHING_KNOWN
    scores: Scores | None = None
    segment: str | None = None
    written: frozenset[str] = frozenset()

    @property
    def segments(self) -> frozenset[str]:
        """Give all segments that it is in: that of its scores, and those written by the house."""
        return self.written if self.segment is None else self.written | {self.segment}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """All that a profile is measured by."""

    scale: Scale
    segments: SegmentMap
    today: date


@dataclass(frozen=True, slots=True)
class Assessment:
    """A profile before and after it was measured."""

    before: Profile
    after: Profile

    @property
    def has_changed(self) -> bool:
        return self.before != self.after

    @property
    def has_new_indicators(self) -> bool:
        return self.before.indicators != self.after.indicators

    @property
    def left(self) -> tuple[str, ...]:
        """The segments the profile is no longer in."""
        return tuple(sorted(self.before.segments - self.after.segments))

    @property
    def entered(self) -> tuple[str, ...]:
        """The segments the profile is newly in."""
        return tuple(sorted(self.after.segments - self.before.segments))


def assess(
    profile: Profile,
    indicators: Indicators,
    yardstick: Yardstick,
    *,
    written: frozenset[str] | None = None,
) -> Assessment:
    """Measure a profile; its version grows by one for each fact that is to be announced.

    `written` are the house's own segments whose rules it fits; None leaves them as they are.
    """
    scores = yardstick.scale.scores(indicators, today=yardstick.today)
    after = replace(
        profile,
        indicators=indicators,
        scores=scores,
        segment=yardstick.segments.segment_of(scores),
        written=profile.written if written is None else written,
    )
    assessment = Assessment(profile, after)
    announced = assessment.has_new_indicators + len(assessment.left) + len(assessment.entered)
    version = profile.version + announced
    return Assessment(profile, replace(after, version=version))
