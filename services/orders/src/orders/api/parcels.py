"""Parcels: reading one with its story, and listing those that will likely be late."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, requires
from chassis.paging import Cursor, Limit, Page
from orders.api.cursors import read_place, show_place
from orders.api.order_out import ParcelOut
from orders.api.purviews import HomeRegions, at_home_where_seen
from orders.domain.incidents import IncidentReason
from orders.domain.lanes import Level
from orders.domain.lateness import Factor
from orders.domain.times import ZoneSource
from orders.domain.tracking import Tracking
from orders.domain.watching import KeptOutlook
from orders.events import OrderId, ParcelId
from orders.store.homes import Thing
from orders.use_cases.read_parcels import list_at_risk, read_parcel

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
    is_ahead: bool = Field(
        description="Its time lay more than 36 hours ahead when it came: it decides nothing."
    )


class EstimateOut(BaseModel):
    """When it will arrive, by how long those took that travelled alike, at least as long by now.

    One in ten arrives before `early_at`, half before `likely_at`, one in ten after `late_at`. It
    rests on `parcels` of the house that are alike as `level` says.
    """

    model_config = ConfigDict(from_attributes=True)

    early_at: AwareDatetime
    likely_at: AwareDatetime
    late_at: AwareDatetime
    level: Level
    parcels: int


class FactorOut(BaseModel):
    """What moves the log-odds of a missed promise, and by how much; more is worse."""

    factor: Factor
    effect: float


class OutlookOut(BaseModel):
    """How likely it misses its first promise; `at_risk_at` is when that was announced."""

    probability: float | None
    factors: tuple[FactorOut, ...]
    looked_at: AwareDatetime | None
    at_risk_at: AwareDatetime | None

    @classmethod
    def of(cls, kept: KeptOutlook) -> OutlookOut:
        """Show what was said last, the worst factor first."""
        worst_first = sorted(kept.factors.items(), key=lambda each: -each[1])
        return cls(
            probability=kept.probability,
            factors=tuple(FactorOut(factor=name, effect=effect) for name, effect in worst_first),
            looked_at=kept.looked_at,
            at_risk_at=kept.at_risk_at,
        )


class ParcelDetailOut(ParcelOut):
    """A parcel with its latest tracking events, the latest first, and what is expected of it."""

    events: tuple[TrackingEventOut, ...] = ()
    estimate: EstimateOut | None = Field(
        default=None, description="Null once it arrived, or where too few like it have."
    )
    outlook: OutlookOut | None = Field(default=None, description="Null without a promise.")


class AtRiskOut(BaseModel):
    """A parcel that will likely miss its promise, or has since it was announced at risk."""

    model_config = ConfigDict(from_attributes=True)

    parcel_id: ParcelId
    order_id: OrderId
    carrier: str
    service: str | None
    tracking_number: str
    status: Tracking
    destination: str | None
    promised_until: AwareDatetime
    outlook: OutlookOut


@router.get("/at-risk", dependencies=[requires("orders:read")])
async def list_parcels_at_risk(
    database: DatabaseDep,
    regions: HomeRegions,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AtRiskOut]:
    """List parcels that will likely miss their promise and have not arrived, the earliest first."""
    found, more = await list_at_risk(
        database, regions=regions, after=read_place(cursor), limit=limit
    )
    last = found[-1] if more else None
    return Page(
        items=[
            AtRiskOut.model_validate(
                {
                    **{name: getattr(each, name) for name in AtRiskOut.model_fields},
                    "outlook": OutlookOut.of(each.outlook),
                }
            )
            for each in found
        ],
        next_cursor=None if last is None else show_place(last.promised_until, last.parcel_id),
    )


@router.get("/{parcel_id}", dependencies=[requires("orders:read"), _SEEN])
async def get_parcel(parcel_id: ParcelId, database: DatabaseDep, now: Now) -> ParcelDetailOut:
    """Give a parcel and its story, and when it will arrive."""
    found = await read_parcel(database, parcel_id, now=now)
    more = {
        "events": tuple(TrackingEventOut.model_validate(event) for event in found.events),
        "estimate": found.estimate and EstimateOut.model_validate(found.estimate),
        "outlook": found.outlook and OutlookOut.of(found.outlook),
    }
    return ParcelDetailOut.model_validate(found.parcel).model_copy(update=more)
