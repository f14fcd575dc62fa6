"""What a customer reported: the facts of a complaint that never change once it is filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import FieldProblem, Invalid


class Channel(StrEnum):
    """Where the customer met us."""

    WEB = "web"
    PHONE = "phone"
    EMAIL = "email"
    SHOP = "shop"


class ExternalRefReused(Invalid):
    slug = "external-ref-reused"
    title = "The source has filed another complaint under this reference"

    def __init__(self, source: str, external_ref: str) -> None:
        """Name the reference, which stays taken for ever."""
        mend = "Send what was sent first to get its complaint again, or draw a new reference."
        problem = f"{external_ref!r} of {source!r} already names another complaint"
        super().__init__(f"{problem}. {mend}", fields=[FieldProblem("external_ref", problem, mend)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was told, by which system and where; the text itself is kept beside it.

    `filed_at` is as the source's clock told it, or None when it told nothing. A complaint that
    the house opened from a parcel's `incident` names both.
    """

    channel: Channel
    source: str
    external_ref: str | None
    category: str | None
    subject: str
    language: str | None
    country: str
    store: str | None
    brand: str
    legal_entity: str
    home_region: str
    order_id: UUID | None
    filed_at: datetime | None
    parcel_id: UUID | None = None
    incident: str | None = None
