"""Tracking events as they are sent: of the parcel in the path, or of the one that each names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from chassis.api import StrictModel
from orders.api.fields import LongText, ShortText, TimeZone
from orders.domain.incidents import IncidentReason
from orders.domain.telling import ParcelNumber, ToldEvent
from orders.domain.tracking import Tracking
from orders.events import ParcelId

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.purview import Purview


def _iso_time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or "T" not in text:
        message = "must be ISO 8601, such as 2026-03-01T10:15:00+09:00 or 2026-03-01T10:15:00"
        raise ValueError(message)
    return text


class TrackingEventIn(StrictModel):
    """What a carrier said of a parcel; the same time, status, code and place again counts once."""

    status: Tracking
    occurred_at: Annotated[
        ShortText,
        AfterValidator(_iso_time),
        Field(
            description="ISO 8601 with its offset; or as local time without one, read in "
            "`time_zone`, else in the order's zone. The text is kept as it came."
        ),
    ]
    time_zone: TimeZone | None = None
    code: ShortText | None = Field(default=None, description="The carrier's own word for it.")
    location: ShortText | None = None
    description: LongText | None = None
    reason: IncidentReason | None = Field(
        default=None, description="Why the parcel does not go on as it should."
    )

    def told_of(
        self,
        parcel: UUID | ParcelNumber,
        *,
        received_at: datetime,
        purview: Purview,
        traceparent: str | None,
    ) -> ToldEvent:
        """Give the event as told of a parcel."""
        return ToldEvent(
            parcel=parcel,
            status=self.status,
            occurred_told=self.occurred_at,
            received_at=received_at,
            time_zone=self.time_zone,
            code=self.code,
            location=self.location,
            description=self.description,
            reason=self.reason,
            purview=purview,
            traceparent=traceparent,
        )


class TrackingEventOfIn(TrackingEventIn):
    """An event that names its parcel: by `parcel_id`, or by its carrier and number."""

    parcel_id: ParcelId | None = None
    carrier: ShortText | None = None
    tracking_number: ShortText | None = None

    @model_validator(mode="after")
    def _names_one_parcel(self) -> Self:
        has_number = self.carrier is not None and self.tracking_number is not None
        has_part = self.carrier is not None or self.tracking_number is not None
        if has_part is not has_number or has_number is (self.parcel_id is not None):
            message = "must name its parcel by parcel_id, or by carrier and tracking_number"
            raise ValueError(message)
        return self

    @property
    def parcel(self) -> UUID | ParcelNumber:
        """The parcel as it is named."""
        if self.parcel_id is not None:
            return self.parcel_id
        return ParcelNumber(self.carrier or "", self.tracking_number or "")
