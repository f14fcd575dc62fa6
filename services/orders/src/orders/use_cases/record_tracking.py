"""Recording what a carrier said of a parcel, and what all it said comes to now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.database import unit_of_work
from chassis.outbox import announce
from orders.domain.order import Parcel
from orders.domain.times import carrier_time
from orders.domain.tracking import Tracking, TrackingEvent, fold
from orders.events import PARCEL, ShipmentDelivered, ShipmentIncident, ShipmentUpdated
from orders.store.orders import load_order, lock_order, set_commercial, zone_and_erasure_of
from orders.store.parcels import append_event, events_of, load_parcel, save_story

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.events import Event


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as told: `occurred_told` is ISO 8601 with an offset, or a local time without one."""

    status: Tracking
    occurred_told: str
    time_zone: str | None
    code: str | None
    location: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The parcel as it stands after an event, and whether the event was known already."""

    parcel: Parcel
    is_repeated: bool


async def record_tracking(
    database: Database, parcel_id: UUID, told_event: ToldEvent, *, now: datetime
) -> Recorded:
    """Append an event and fold the parcel's story anew; an event that is known changes nothing."""
    async with unit_of_work(database) as tx:
        parcel = await load_parcel(tx, parcel_id, for_update=True)
        zone, of_erased = await zone_and_erasure_of(tx, parcel.order_id)
        told = carrier_time(
            told_event.occurred_told, told_zone=told_event.time_zone, order_zone=zone
        )
        event = TrackingEvent(
            parcel_id=parcel.id,
            occurred_at=told.at,
            occurred_told=told.told,
            zone_source=told.zone_source,
            status=told_event.status,
            code=told_event.code,
            location=told_event.location,
            description=told_event.description,
        )
        if not await append_event(tx, event, parcel, received_at=now, with_texts=not of_erased):
            return Recorded(parcel, is_repeated=True)
        story = fold(await events_of(tx, parcel.id, limit=None))
        after = parcel.told(story)
        if after != parcel:
            await save_story(tx, after)
            await _announce(tx, parcel, after)
        if after.status is Tracking.DELIVERED is not parcel.status:
            await _settle(tx, parcel.order_id)
        return Recorded(after, is_repeated=False)


async def _announce(tx: Transaction, before: Parcel, after: Parcel) -> None:
    assert after.status_at is not None  # noqa: S101 - a parcel that changed has an event
    facts: dict[str, Any] = {
        "parcel_id": after.id,
        "order_id": after.order_id,
        "status": after.status,
        "occurred_at": after.status_at,
        "carrier": after.carrier,
    }
    events: list[Event] = [ShipmentUpdated(**facts)]
    if after.status is Tracking.DELIVERED is not before.status:
        events.append(ShipmentDelivered(**facts))
    if after.incident is not None and after.incident != before.incident:
        events.append(ShipmentIncident(**facts, reason=after.incident))
    for event in events:
        await announce(
            tx,
            event,
            key=PARCEL.show(after.id),
            sequence=after.version,
            at=after.status_at,
        )


async def _settle(tx: Transaction, order_id: UUID) -> None:
    await lock_order(tx, order_id)
    order = await load_order(tx, order_id)
    await set_commercial(tx, order, order.settled)
