"""The public page of a parcel, as JSON: for whoever has its token, without personal data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel

from chassis.api import DatabaseDep
from orders.domain.tracking import PUBLIC_PLACES, Tracking
from orders.use_cases.read_parcels import follow_parcel

router = APIRouter(prefix="/v1/tracking", tags=["tracking"])


class PublicEventOut(BaseModel):
    """An event; `location` is told where it is the carrier's own."""

    status: Tracking
    occurred_at: AwareDatetime
    location: str | None


class PublicParcelOut(BaseModel):
    """What the recipient may see of a parcel."""

    carrier: str
    tracking_number: str
    status: Tracking
    status_at: AwareDatetime | None
    is_disputed: bool
    events: tuple[PublicEventOut, ...]


@router.get("/{token}")
async def track(
    token: Annotated[str, Path(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")],
    database: DatabaseDep,
) -> PublicParcelOut:
    """Follow a parcel by the token of its public page; no key is needed."""
    parcel, events = await follow_parcel(database, token)
    return PublicParcelOut(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        status=parcel.status,
        status_at=parcel.status_at,
        is_disputed=parcel.is_disputed,
        events=tuple(
            PublicEventOut(
                status=event.status,
                occurred_at=event.occurred_at,
                location=event.location if event.status in PUBLIC_PLACES else None,
            )
            for event in events
        ),
    )
