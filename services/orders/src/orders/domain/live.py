"""A parcel as whoever follows it sees it at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.domain.order import Parcel
    from orders.domain.tracking import TrackingEvent


@dataclass(frozen=True, slots=True)
class Live:
    """A parcel, its latest events, and the name of this state, which another one has not."""

    parcel: Parcel
    events: tuple[TrackingEvent, ...]
    state: str
