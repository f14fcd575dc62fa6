"""A carrier's word of no known meaning, and how often it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmappedCode:
    """A code that came with the status `unknown`; `example` is the text of one such event."""

    carrier: str
    code: str
    times: int
    first_seen_at: datetime
    last_seen_at: datetime
    example: str | None
