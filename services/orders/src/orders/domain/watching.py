"""Parcels with a promise, watched until they arrive, and whoever is warned of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from orders.domain.lateness import Factor, HandOver, Outlook
from orders.domain.tracking import Tracking

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOK_EVERY = timedelta(hours=6)
"""How often a parcel is looked at while it is under way."""

LOOK_AGAIN = timedelta(minutes=1)
"""When to look again at one that somebody was changing."""

GIVEN_UP = timedelta(days=60)
"""For so long after its promise a parcel that was warned of is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A parcel that is looked at; `is_under_way` while it is still to arrive."""

    parcel_id: UUID
    order_id: UUID
    hand_over: HandOver
    is_under_way: bool
    at_risk_at: datetime | None

    def to_warn(self, outlook: Outlook | None, *, warn_at: float, now: datetime) -> bool:
        """Whether to warn now: once, of what may still keep its promise and likely will not."""
        return (
            self.is_under_way
            and self.at_risk_at is None
            and outlook is not None
            and outlook.probability >= warn_at
            and now < self.hand_over.promised_until
        )

    def next_look(self, *, now: datetime, is_at_risk: bool) -> datetime | None:
        """Give when to look again; None where there is nothing to see any more."""
        promised = self.hand_over.promised_until
        last = promised + GIVEN_UP if is_at_risk else promised
        if not self.is_under_way or now >= last:
            return None
        return now + LOOK_EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOutlook:
    """What was said of a parcel when it was looked at last, and when somebody was warned."""

    probability: float | None
    factors: Mapping[Factor, float]
    looked_at: datetime | None
    at_risk_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A parcel that was warned of and has not arrived."""

    parcel_id: UUID
    order_id: UUID
    carrier: str
    service: str | None
    tracking_number: str
    status: Tracking
    destination: str | None
    promised_until: datetime
    outlook: KeptOutlook
