"""Erasing a customer (GDPR art. 17): whom to forget, and what an erasure comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Gone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


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


def sums(before: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """Add what an erasure that came again found to what it had found; zeros are left out."""
    whats = sorted(before.keys() | found.keys())
    both = {what: before.get(what, 0) + found.get(what, 0) for what in whats}
    return {what: count for what, count in both.items() if count}
