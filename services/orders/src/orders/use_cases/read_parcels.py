"""Reading a parcel, what its carrier said and when it will come, by its id or its public token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from orders.domain.estimates import Estimate
from orders.domain.live import Live
from orders.domain.order import Parcel
from orders.domain.tracking import TrackingEvent
from orders.domain.watching import AtRisk, KeptOutlook
from orders.store import outlooks
from orders.store.parcels import (
    events_of,
    load_parcel,
    load_parcel_by_token,
    states_of,
    time_zone_of,
)
from orders.store.transits import estimate_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database
    from chassis.purview import Regions


@dataclass(frozen=True, slots=True)
class ParcelFile:
    """A parcel, its latest tracking events, and what is expected of it while it is under way."""

    parcel: Parcel
    events: tuple[TrackingEvent, ...]
    estimate: Estimate | None
    outlook: KeptOutlook | None


async def read_parcel(database: Database, parcel_id: UUID, *, now: datetime) -> ParcelFile:
    """Give a parcel with all that is known of it; raises `ParcelNotFound`."""
    async with snapshot(database) as connection:
        parcel = await load_parcel(connection, parcel_id)
        return ParcelFile(
            parcel,
            tuple(await events_of(connection, parcel_id)),
            await estimate_of(connection, parcel, now=now),
            await outlooks.outlook_of(connection, parcel_id),
        )


async def follow_parcel(database: Database, token: str, *, now: datetime) -> Live:
    """Give the parcel that a token opens, and its latest events; raises `ParcelNotFound`."""
    async with snapshot(database) as connection:
        parcel = await load_parcel_by_token(connection, token)
        events = await events_of(connection, parcel.id)
        states = await states_of(connection, [token])
        time_zone = await time_zone_of(connection, parcel.order_id)
        expected = await estimate_of(connection, parcel, now=now)
        believed = tuple(event for event in events if not event.is_ahead)
        return Live(parcel, believed, states[token], time_zone, expected)


async def states_of_parcels(database: Database, tokens: Sequence[str]) -> dict[str, str]:
    """Give the states of the parcels that tokens open, in one query for all of them."""
    async with snapshot(database) as connection:
        return await states_of(connection, tokens)


async def list_at_risk(
    database: Database,
    *,
    regions: Regions,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[AtRisk], bool]:
    """Give parcels that were warned of and have not arrived, and whether there are more."""
    async with snapshot(database) as connection:
        found = await outlooks.list_at_risk(
            connection, regions=regions, after=after, limit=limit + 1
        )
    return found[:limit], len(found) > limit
