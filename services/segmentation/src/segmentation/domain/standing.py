"""Where a customer stands: what a look-up by any of its ids finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from segmentation.domain.profiles import Profile
    from segmentation.domain.scoring import Scale


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's profile, if there is one, and the scale it was measured by."""

    customer_id: str
    retired_id: str | None
    profile: Profile | None
    segment_since: datetime | None
    scale: Scale
