"""Parcels' incidents: which of them the house takes for a complaint before anybody complains.

A parcel that is lost, damaged, sent back or disputed never simply arrives, so whoever waits for it
is let down already. After one failed attempt the carrier tries again by itself; after a second
somebody has waited twice. A parcel on hold mostly goes on, so it opens nothing unless the house
wants it to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from complaints.domain.report import Channel, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaints.domain.complaint import Customer

CATEGORY = "delivery"
SOURCE = "orders"

NEWS = timedelta(days=30)
"""What happened longer ago is history, such as an import's, and nobody waits for an answer."""

DEFAULT_TIMES: Mapping[str, int] = MappingProxyType(
    {"lost_or_damaged": 1, "return_to_sender": 1, "delivery_disputed": 1, "attempt_failed": 2}
)
"""By an incident's reason: at which time that it happens to one parcel it opens a complaint."""

_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "lost_or_damaged": "A parcel is lost or damaged",
        "return_to_sender": "A parcel goes back to the sender",
        "delivery_disputed": "A parcel was seen on its way after it was said to be delivered",
        "attempt_failed": "A parcel could not be delivered",
        "on_hold": "A parcel is on hold",
    }
)
_CHANNELS: Mapping[str | None, Channel] = MappingProxyType(
    {"shop": Channel.SHOP, "phone": Channel.PHONE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What an incident tells of the parcel's order; `channel` is where it was bought."""

    order_id: UUID
    customer: Customer | None
    channel: str | None
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A parcel that somebody should look after; `sequence` is the parcel's version then."""

    parcel_id: UUID
    reason: str
    carrier: str
    occurred_at: datetime
    sequence: int
    order: OrderFacts

    def is_news(self, now: datetime) -> bool:
        """Whether somebody still waits for the parcel."""
        return now - self.occurred_at <= NEWS

    def report(self) -> Report:
        """Give what the house tells itself, without anybody's words."""
        order = self.order
        return Report(
            channel=_CHANNELS.get(order.channel, Channel.WEB),
            source=SOURCE,
            external_ref=f"incident-{self.parcel_id}-{self.reason}",
            category=CATEGORY,
            subject=_SUBJECTS.get(self.reason, "A parcel needs somebody to look after it"),
            language=None,
            country=order.country,
            store=order.store,
            brand=order.brand,
            legal_entity=order.legal_entity,
            home_region=order.home_region,
            order_id=order.order_id,
            filed_at=None,
            parcel_id=self.parcel_id,
            incident=self.reason,
        )

    def text(self, times: int) -> str:
        """Say in a sentence why the complaint was opened."""
        often = "once" if times == 1 else f"{times} times"
        return (
            f"Nobody has complained yet. The parcel's tracking by {self.carrier} told of "
            f"{self.reason} {often}, last at {self.occurred_at:%Y-%m-%d %H:%M} UTC."
        )
