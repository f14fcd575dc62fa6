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
    """What segmentation knows of one customer; `version` counts what was announced of it."""

    profile_id: UUID
    customer_id: str
    version: int = 0
    indicators: Indicators = NOTHING_KNOWN
    scores: Scores | None = None
    segment: str | None = None


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
    def left(self) -> str | None:
        """The segment the profile is no longer in."""
        return self.before.segment if self.before.segment != self.after.segment else None

    @property
    def entered(self) -> str | None:
        """The segment the profile is newly in."""
        return self.after.segment if self.before.segment != self.after.segment else None


def assess(profile: Profile, indicators: Indicators, yardstick: Yardstick) -> Assessment:
    """Measure a profile; its version grows by one for each fact that is to be announced."""
    scores = yardstick.scale.scores(indicators, today=yardstick.today)
    after = replace(
        profile,
        indicators=indicators,
        scores=scores,
        segment=yardstick.segments.segment_of(scores),
    )
    assessment = Assessment(profile, after)
    announced = (assessment.has_new_indicators, assessment.left, assessment.entered)
    version = profile.version + sum(1 for news in announced if news)
    return Assessment(profile, replace(after, version=version))
