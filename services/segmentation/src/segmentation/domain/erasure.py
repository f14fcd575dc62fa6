"""Erasing a customer (GDPR art. 17): the profile goes, and whose each fact was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Gone


class CustomerErased(Gone):
    """Everything under this id was erased; the id never comes back."""

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
    """What is kept of a customer, why and until when: nothing is, here."""

    what: str
    count: int
    reason: str
    until: datetime | None


def sums(before: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """Add what an erasure that came again found to what it had found; zeros are left out."""
    whats = sorted(before.keys() | found.keys())
    both = {what: before.get(what, 0) + found.get(what, 0) for what in whats}
    return {what: count for what, count in both.items() if count}
