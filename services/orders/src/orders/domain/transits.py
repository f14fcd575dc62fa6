"""A parcel of the past, and what it teaches: how long it took, and whether it kept its promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orders.domain.estimates import days_between
from orders.domain.lanes import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """A parcel of the past: when it was handed over, and when it arrived, if it did."""

    lane: Lane
    placed_at: datetime
    handed_over_at: datetime
    promised_until: datetime | None
    delivered_at: datetime | None

    @property
    def days(self) -> float | None:
        """How long it took."""
        if self.delivered_at is None:
            return None
        return days_between(self.handed_over_at, self.delivered_at)

    @property
    def missed(self) -> bool:
        """Whether it missed its promise, once that is decided."""
        assert self.promised_until is not None  # noqa: S101 - asked only of parcels with a promise
        return self.delivered_at is None or self.delivered_at > self.promised_until
