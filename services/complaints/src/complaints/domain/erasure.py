"""Erasing a customer (GDPR art. 17): whose complaints they were and every word that was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chassis.identity.erasure import sums

ERASED_TEXT = "(erased)"
"""What stands where a complaint's subject and text stood."""

KEPT_WITHOUT_PERSON = (
    "quality figures: category, team, times and outcome, without whose they were and what was said"
)


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
        return ErasureAnswer(sums(self.erased, found))
