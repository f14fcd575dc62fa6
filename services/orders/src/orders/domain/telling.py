"""What somebody tells of a parcel, before it is known which parcel of ours that is."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from chassis.purview import WHOLE_HOUSE, Purview

if TYPE_CHECKING:
    from orders.domain.incidents import IncidentReason
    from orders.domain.order import Parcel
    from orders.domain.tracking import Tracking

_BUCKETS = 256


@dataclass(frozen=True, slots=True)
class ParcelNumber:
    """What a carrier calls a parcel."""

    carrier: str
    tracking_number: str

    @property
    def lock_name(self) -> str:
        """The name to lock while it is decided whether there is such a parcel.

        Many numbers share one, so that no transaction takes more than so many locks.
        """
        number = f"{self.carrier}\0{self.tracking_number}".encode()
        return f"parcel-numbers-{zlib.crc32(number) % _BUCKETS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """An event as told: `occurred_told` is ISO 8601 with an offset, or a local time without one.

    `purview` is how far its teller sees: nobody changes a parcel that they may not read.
    """

    parcel: UUID | ParcelNumber
    status: Tracking
    occurred_told: str
    received_at: datetime
    time_zone: str | None = None
    code: str | None = None
    location: str | None = None
    description: str | None = None
    reason: IncidentReason | None = None
    purview: Purview = WHOLE_HOUSE
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The parcel as it stands after an event, and whether the event was known already.

    One that `is_ahead` of its receipt changed nothing.
    """

    parcel: Parcel
    is_repeated: bool
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An event that waits for its parcel, and whether it waited already."""

    is_repeated: bool


Telling: TypeAlias = Recorded | Unclaimed
"""What becomes of an event that is not refused."""


def unclaimed_key(told: ToldEvent, number: ParcelNumber) -> bytes:
    """Know an event that waits again, as its teller told it: its zone may not be known yet."""
    parts = (
        number.carrier,
        number.tracking_number,
        told.occurred_told,
        told.time_zone or "",
        told.code or "",
        told.status,
        told.location or "",
        repr(told.purview.document()),
    )
    return hashlib.sha256("\0".join(parts).encode()).digest()
