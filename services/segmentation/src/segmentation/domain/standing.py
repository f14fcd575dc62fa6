"""Where a customer stands: what a look-up by any of its ids finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from segmentation.domain.profiles import Profile
    from segmentation.domain.scoring import Scale


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's profile, if there is one, since when it is in which segments, and the scale."""

    customer_id: str
    retired_id: str | None
    profile: Profile | None
    since: Mapping[str, datetime]
    scale: Scale

    @property
    def segment_since(self) -> datetime | None:
        """Tell since when it is in the segment of its scores."""
        segment = self.profile.segment if self.profile is not None else None
        return self.since.get(segment) if segment is not None else None
