"""Parcels: reading one with its story."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.api import DatabaseDep, requires
from orders.api.order_out import ParcelOut
from orders.api.purviews import at_home_where_seen
from orders.domain.incidents import IncidentReason
from orders.domain.order import Parcel
from orders.domain.times import ZoneSource
from orders.domain.tracking import Tracking, TrackingEvent
from orders.events import ParcelId
from orders.store.homes import Thing
from orders.use_cases.read_parcels import read_parcel

router = APIRouter(prefix="/v1/parcels", tags=["parcels"])

_SEEN = at_home_where_seen(Thing.PARCEL)


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
    reason: IncidentReason | None


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


def _with_events(parcel: Parcel, events: list[TrackingEvent]) -> ParcelDetailOut:
    shown = tuple(TrackingEventOut.model_validate(event) for event in events)
    return ParcelDetailOut.model_validate(parcel).model_copy(update={"events": shown})
