"""Delivery zones: where and when the house delivers in windows."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.iso import Country
from chassis.paging import Page
from orders.api.fields import TimeZone
from orders.domain.zones import Opening, Zone, no_such_zone, windows_overlap
from orders.use_cases.keep_zones import end_zone, find_zone, list_zones, put_zone

router = APIRouter(prefix="/v1/delivery-zones", tags=["delivery slots"])

ZoneName = Annotated[
    str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]
Prefix = Annotated[str, StringConstraints(min_length=1, max_length=12, pattern=r"^[A-Z0-9-]+$")]


def _local(told: time) -> time:
    if told.tzinfo is not None:
        message = "is on the zone's own clock: leave its offset out"
        raise ValueError(message)
    return told


class OpeningIn(StrictModel):
    """A two-hour window of every week."""

    weekday: Annotated[int, Field(ge=0, le=6, description="Monday is 0.")]
    starts: Annotated[time, AfterValidator(_local), Field(description="Local time, such as 08:00.")]
    capacity: Annotated[int, Field(strict=True, ge=0, le=100_000)]


class ZoneIn(StrictModel):
    """Where and when; a postcode belongs to the zone with the longest prefix of it."""

    country: Country
    postcode_prefixes: Annotated[list[Prefix], Field(min_length=1, max_length=1_000)]
    time_zone: TimeZone
    lead_minutes: Annotated[int, Field(ge=0, le=43_200)] = 120
    hold_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15
    opening: Annotated[list[OpeningIn], Field(min_length=1, max_length=84)]

    @model_validator(mode="after")
    def _windows_do_not_overlap(self) -> Self:
        if windows_overlap(self.openings()):
            message = "has windows that overlap: each lasts two hours"
            raise ValueError(message)
        return self

    def zone(self, name: str) -> Zone:
        return Zone(
            name=name,
            country=self.country,
            postcode_prefixes=tuple(self.postcode_prefixes),
            time_zone=self.time_zone,
            lead_minutes=self.lead_minutes,
            hold_minutes=self.hold_minutes,
            opening=self.openings(),
        )

    def openings(self) -> tuple[Opening, ...]:
        return tuple(Opening(one.weekday, one.starts, one.capacity) for one in self.opening)


class OpeningOut(BaseModel):
    weekday: int
    starts: time
    capacity: int


class ZoneOut(BaseModel):
    """A zone as it is."""

    zone: str
    country: str
    postcode_prefixes: list[str]
    time_zone: str
    lead_minutes: int
    hold_minutes: int
    opening: list[OpeningOut]

    @classmethod
    def of(cls, zone: Zone) -> Self:
        return cls(
            zone=zone.name,
            country=zone.country,
            postcode_prefixes=list(zone.postcode_prefixes),
            time_zone=zone.time_zone,
            lead_minutes=zone.lead_minutes,
            hold_minutes=zone.hold_minutes,
            opening=[
                OpeningOut(weekday=one.weekday, starts=one.starts, capacity=one.capacity)
                for one in zone.opening
            ],
        )


@router.get("", dependencies=[requires("orders:read")])
async def get_zones(database: DatabaseDep) -> Page[ZoneOut]:
    """List the zones, all on one page."""
    return Page(items=[ZoneOut.of(zone) for zone in await list_zones(database)])


@router.get("/{zone}", dependencies=[requires("orders:read")])
async def get_zone(zone: ZoneName, database: DatabaseDep) -> ZoneOut:
    """Give a zone."""
    return ZoneOut.of(await find_zone(database, zone))


@router.put("/{zone}", dependencies=[requires("orders:steward")])
async def write_zone(
    zone: ZoneName, body: ZoneIn, request: Request, database: DatabaseDep, now: Now
) -> ZoneOut:
    """Write a zone; whoever takes a place after this is answered takes it by the new one.

    What is booked stays, also in windows that are smaller now or gone. Which zone a postcode
    belongs to is known in other processes within two seconds.
    """
    written = body.zone(zone)
    await put_zone(database, written, now=now)
    request.app.state.zones.forget()
    return ZoneOut.of(written)


@router.delete("/{zone}", status_code=204, dependencies=[requires("orders:steward")])
async def remove_zone(zone: ZoneName, request: Request, database: DatabaseDep) -> Response:
    """Sell no more windows there; what is booked stays."""
    if not await end_zone(database, zone):
        raise no_such_zone()
    request.app.state.zones.forget()
    return Response(status_code=204)
