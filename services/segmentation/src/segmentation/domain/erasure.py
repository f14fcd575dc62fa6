"""What is kept after an erasure here: nothing; the profile goes, and whose each fact was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a customer, why and until when: nothing is, here."""

    what: str
    count: int
    reason: str
    until: datetime | None
