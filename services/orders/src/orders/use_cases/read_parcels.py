"""Reading a parcel and what its carrier said, by its id or by its public token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from orders.domain.live import Live
from orders.store.parcels import events_of, load_parcel, load_parcel_by_token, states_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Database
    from orders.domain.order import Parcel
    from orders.domain.tracking import TrackingEvent


async def read_parcel(database: Database, parcel_id: UUID) -> tuple[Parcel, list[TrackingEvent]]:
    """Give a parcel and its latest tracking events; raises `ParcelNotFound`."""
    async with snapshot(database) as connection:
        return await load_parcel(connection, parcel_id), await events_of(connection, parcel_id)


async def follow_parcel(database: Database, token: str) -> Live:
    """Give the parcel that a token opens, and its latest events; raises `ParcelNotFound`."""
    async with snapshot(database) as connection:
        parcel = await load_parcel_by_token(connection, token)
        events = await events_of(connection, parcel.id)
        states = await states_of(connection, [token])
        return Live(parcel, tuple(events), states[token])


async def states_of_parcels(database: Database, tokens: Sequence[str]) -> dict[str, str]:
    """Give the states of the parcels that tokens open, in one query for all of them."""
    async with snapshot(database) as connection:
        return await states_of(connection, tokens)
