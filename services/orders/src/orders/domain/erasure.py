"""Erasing a customer (GDPR art. 17): what goes, and what the law makes the house keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from chassis.identity.erasure import sums

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNTING_YEARS = 10
"""How long the longest of the laws that the house sells under has accounting documents kept."""

KEPT_BY_LAW = (
    "accounting documents: amounts, goods and times, without whose they were and without free text"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept without whose it was, why, and until when."""

    what: str
    count: int
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ErasureAnswer:
    """What an erasure came to here; zeros are left out."""

    erased: Mapping[str, int]
    kept: tuple[Kept, ...]


def kept_until(latest_on: date, *, years: int) -> datetime:
    """Give when a document of that day may go: years count from the end of its own."""
    return datetime(latest_on.year + years + 1, 1, 1, tzinfo=UTC)


def together(before: ErasureAnswer | None, now: ErasureAnswer) -> ErasureAnswer:
    """Add what an erasure that came again found to what it had found."""
    if before is None:
        return now
    kept = {each.what: each for each in before.kept}
    for each in now.kept:
        known = kept.get(each.what)
        kept[each.what] = each if known is None else _more(known, each)
    return ErasureAnswer(
        sums(before.erased, now.erased),
        tuple(kept[what] for what in sorted(kept)),
    )


def _more(known: Kept, found: Kept) -> Kept:
    ends = (known.until, found.until)
    until = None if None in ends else max(end for end in ends if end is not None)
    return Kept(known.what, known.count + found.count, known.reason, until)
