"""A parcel as whoever follows it sees it at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from orders.domain.times import kept_zone

if TYPE_CHECKING:
    from orders.domain.estimates import Estimate
    from orders.domain.order import Parcel
    from orders.domain.tracking import TrackingEvent


@dataclass(frozen=True, slots=True)
class Live:
    """A parcel, its latest events, and the name of this state, which another one has not.

    Days are those of `time_zone`, where the order was placed.
    """

    parcel: Parcel
    events: tuple[TrackingEvent, ...]
    state: str
    time_zone: str
    estimate: Estimate | None = None

    @property
    def promised_on(self) -> date | None:
        """The last day that was promised first; None without a promise, or once it arrived."""
        promised = self.parcel.promised_until
        if promised is None or not self.parcel.is_under_way:
            return None
        return promised.astimezone(kept_zone(self.time_zone)).date()

    @property
    def expected_on(self) -> tuple[date, date] | None:
        """The days between which it will likely arrive."""
        if self.estimate is None:
            return None
        zone = kept_zone(self.time_zone)
        early, late = self.estimate.early_at, self.estimate.late_at
        return early.astimezone(zone).date(), late.astimezone(zone).date()
