"""Erasing a customer (GDPR art. 17): whose complaints they were and every word that was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Gone

ERASED_TEXT = "(erased)"
"""What stands where a complaint's subject and text stood."""

KEPT_WITHOUT_PERSON = (
    "quality figures: category, team, times and outcome, without whose they were and what was said"
)


class CustomerErased(Gone):
    """Everything personal under this id was erased; the id never comes back."""

    slug = "customer-erased"
    title = "The customer was erased"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whom to forget: all ids and all source records that the customer had."""

    erasure_id: UUID
    customer_ids: tuple[str, ...]
    source_record_ids: tuple[UUID, ...]
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept without whose it was, why, and until when; for ever where it says nothing."""

    what: str
    count: int
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ErasureAnswer:
    """What an erasure came to here; zeros are left out."""

    erased: Mapping[str, int]

    @property
    def kept(self) -> tuple[Kept, ...]:
        """Every erased complaint stays as a figure."""
        count = self.erased.get("complaints", 0)
        return (Kept("complaints", count, KEPT_WITHOUT_PERSON, None),) if count else ()

    def with_more(self, found: Mapping[str, int]) -> ErasureAnswer:
        """Add what the same erasure found when it came again."""
        whats = sorted(self.erased.keys() | found.keys())
        sums = {what: self.erased.get(what, 0) + found.get(what, 0) for what in whats}
        return ErasureAnswer({what: count for what, count in sums.items() if count})
