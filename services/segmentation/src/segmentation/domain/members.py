"""A member of a segment, as a list of members shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from segmentation.domain.scoring import Scores


@dataclass(frozen=True, slots=True)
class Member:
    """A customer and since when it has been in the segment."""

    membership_id: UUID
    profile_id: UUID
    customer_id: str
    entered_at: datetime
    scores: Scores | None
