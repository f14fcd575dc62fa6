"""Parcels: reading one with its story, recording what a carrier said."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.idempotency import REPLAYED_HEADER
from orders.api.fields import LongText, ShortText, TimeZone
from orders.api.order_out import ParcelOut
from orders.api.purviews import at_home_where_seen
from orders.domain.order import Parcel
from orders.domain.times import ZoneSource
from orders.domain.tracking import Tracking, TrackingEvent
from orders.events import ParcelId
from orders.store.homes import Thing
from orders.use_cases.read_parcels import read_parcel
from orders.use_cases.record_tracking import ToldEvent, record_tracking

router = APIRouter(prefix="/v1/parcels", tags=["parcels"])

_SEEN = at_home_where_seen(Thing.PARCEL)


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


class TrackingEventOut(BaseModel):
    """An event: `occurred_told` is the carrier's text, `zone_source` whence its zone was taken."""

    model_config = ConfigDict(from_attributes=True)

    status: Tracking
    occurred_at: AwareDatetime
    occurred_told: str
    zone_source: ZoneSource
    code: str | None
    location: str | None
    description: str | None


class ParcelDetailOut(ParcelOut):
    """A parcel with its latest tracking events, the latest first."""

    events: tuple[TrackingEventOut, ...] = ()


@router.get("/{parcel_id}", dependencies=[requires("orders:read"), _SEEN])
async def get_parcel(
    parcel_id: ParcelId,
    database: DatabaseDep,
) -> ParcelDetailOut:
    """Give a parcel and its story."""
    parcel, events = await read_parcel(database, parcel_id)
    return _with_events(parcel, events)


@router.post(
    "/{parcel_id}/tracking-events",
    status_code=201,
    dependencies=[requires("orders:write"), _SEEN],
)
async def post_tracking_event(
    parcel_id: ParcelId,
    body: TrackingEventIn,
    database: DatabaseDep,
    now: Now,
    response: Response,
) -> ParcelOut:
    """Record a tracking event; the parcel's status is what all its events come to.

    Events may come late, twice or shuffled: the end is the same. An event after the delivery
    disputes it, and never takes it back.
    """
    told_event = ToldEvent(
        status=body.status,
        occurred_told=body.occurred_at,
        time_zone=body.time_zone,
        code=body.code,
        location=body.location,
        description=body.description,
    )
    recorded = await record_tracking(database, parcel_id, told_event, now=now)
    if recorded.is_repeated:
        response.headers[REPLAYED_HEADER] = "true"
    return ParcelOut.model_validate(recorded.parcel)


def _with_events(parcel: Parcel, events: list[TrackingEvent]) -> ParcelDetailOut:
    shown = tuple(TrackingEventOut.model_validate(event) for event in events)
    return ParcelDetailOut.model_validate(parcel).model_copy(update={"events": shown})
