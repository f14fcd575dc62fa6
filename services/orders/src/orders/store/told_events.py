"""What recording and shipping share: told events stored, stories joined, changes announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from chassis.database import mark_announced
from chassis.errors import Refusal
from chassis.outbox import OutboxRow, outbox_row
from chassis.tracing import continue_trace
from orders.domain.commercial import OrderNotFound
from orders.domain.messages import Note, parcel_note
from orders.domain.purchases import PURCHASES
from orders.domain.telling import Recorded, ToldEvent
from orders.domain.times import carrier_time, is_ahead
from orders.domain.tracking import ParcelNotFound, Tracking, TrackingEvent, join, story_of
from orders.events import PARCEL, ShipmentDelivered, ShipmentIncident, ShipmentUpdated
from orders.store.messages import note_messages
from orders.store.orders import lock_orders, settle_orders
from orders.store.stories import (
    NewEvent,
    Standing,
    Surroundings,
    append_events,
    lock_stories,
    save_stories,
    surroundings_of,
)
from orders.store.unmapped_codes import Seen, count_unmapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chassis.database import Transaction
    from chassis.events import Event
    from chassis.hot import Driver
    from orders.domain.order import Parcel

Outcome: TypeAlias = Recorded | Refusal
"""What came of one of many: a refusal is a value here, because the others must still commit."""


async def record_told(
    tx: Transaction, connection: Driver, told: Sequence[ToldEvent]
) -> list[Outcome]:
    """Record events of parcels that are named by their ids, as if one came after the other.

    Each that changes its parcel is announced; an event that is known changes nothing. Locks are
    taken in one sequence by everybody: parcels, then orders, then codes, each of them sorted.
    """
    if not told:
        return []
    standings = await lock_stories(connection, {_parcel_id(one) for one in told})
    of_orders = {standing.parcel.order_id for standing in standings.values()}
    surroundings = await surroundings_of(connection, of_orders)
    read = [_read(one, standings, surroundings) for one in told]
    events = {new.key: new for new in read if isinstance(new, NewEvent)}
    fresh = await append_events(connection, list(events.values()))
    new_events = [events[key] for key in events if key in fresh]
    arriving = {
        standings[new.event.parcel_id].parcel.order_id
        for new in new_events
        if new.event.status is Tracking.DELIVERED and not new.event.is_ahead
    }
    if arriving:
        await lock_orders(tx, arriving)
    telling = _Telling(tx, connection, standings, surroundings)
    outcomes = [await telling.next(one, new, fresh) for one, new in zip(told, read, strict=True)]
    await telling.save()
    await count_unmapped(
        connection,
        (Seen(standings[new.event.parcel_id].parcel.carrier, new) for new in new_events),
    )
    return outcomes


def _parcel_id(told: ToldEvent) -> UUID:
    assert isinstance(told.parcel, UUID)  # noqa: S101 - numbers were looked up before
    return told.parcel


def _read(
    told: ToldEvent,
    standings: Mapping[UUID, Standing],
    surroundings: Mapping[UUID, Surroundings],
) -> NewEvent | Refusal:
    standing = standings.get(_parcel_id(told))
    if standing is None:
        return ParcelNotFound()
    around = surroundings.get(standing.parcel.order_id)
    if around is None:
        return OrderNotFound()
    try:
        told.purview.refuse_closed(PURCHASES, around.home_region)
        time = carrier_time(
            told.occurred_told, told_zone=told.time_zone, order_zone=around.time_zone
        )
    except Refusal as refusal:
        return refusal
    event = TrackingEvent(
        parcel_id=standing.parcel.id,
        occurred_at=time.at,
        occurred_told=time.told,
        zone_source=time.zone_source,
        status=told.status,
        code=told.code,
        location=told.location,
        description=told.description,
        reason=told.reason,
        is_ahead=is_ahead(time.at, received_at=told.received_at),
    )
    return NewEvent(
        event=event,
        key=event.dedupe_key,
        placed_at=standing.parcel.placed_at,
        received_at=told.received_at,
        with_texts=not around.is_erased,
    )


@dataclass(slots=True)
class _Telling:
    """Events told one after the other; what they change is stored together."""

    tx: Transaction
    connection: Driver
    standings: dict[UUID, Standing]
    surroundings: Mapping[UUID, Surroundings]
    changed: dict[UUID, Standing] = field(default_factory=dict[UUID, Standing])
    facts: list[OutboxRow] = field(default_factory=list[OutboxRow])
    arrived: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    notes: list[Note] = field(default_factory=list[Note])

    async def next(self, told: ToldEvent, read: NewEvent | Refusal, fresh: set[bytes]) -> Outcome:
        """Tell one event; what is in `fresh` has not been told yet."""
        if isinstance(read, Refusal):
            return read
        before = self.standings[read.event.parcel_id]
        if read.key not in fresh:
            return Recorded(before.parcel, is_repeated=True, is_ahead=read.event.is_ahead)
        fresh.discard(read.key)
        story = join(before.story, story_of(read.event))
        after = Standing(before.parcel.told(story), story)
        if before.parcel.id in self.arrived and after.parcel.status is not Tracking.DELIVERED:
            await self.save()  # while it is delivered, as its order may be closed by that
        if story != before.story:
            self.standings[before.parcel.id] = self.changed[before.parcel.id] = after
        if after.parcel != before.parcel:
            if told.traceparent is not None:
                continue_trace(told.traceparent)
            around = self.surroundings[before.parcel.order_id]
            self.facts += _announcements(before.parcel, after.parcel, around)
            self._note(before.parcel, after.parcel)
        if after.parcel.status is Tracking.DELIVERED is not before.parcel.status:
            self.arrived[before.parcel.id] = before.parcel.order_id
        return Recorded(after.parcel, is_repeated=False, is_ahead=read.event.is_ahead)

    async def save(self) -> None:
        """Store what the parcels have come to, and settle the orders whose parcels arrived."""
        if self.changed:
            await save_stories(self.connection, self.changed.values(), self.facts)
        if self.facts:
            mark_announced(self.tx)
        await note_messages(self.tx, self.notes)
        if self.arrived:
            await settle_orders(self.tx, set(self.arrived.values()))
        self.changed, self.facts, self.arrived, self.notes = {}, [], {}, []

    def _note(self, before: Parcel, after: Parcel) -> None:
        if after.status is before.status or after.status_at is None:
            return
        note = parcel_note(
            parcel_id=after.id,
            order_id=after.order_id,
            status=after.status,
            happened_at=after.status_at,
        )
        if note is not None:
            self.notes.append(note)


def _announcements(before: Parcel, after: Parcel, around: Surroundings) -> list[OutboxRow]:
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
        events.append(ShipmentIncident(**facts, reason=after.incident, **_whose(around)))
    key = PARCEL.show(after.id)
    return [
        outbox_row(event, key=key, sequence=after.version, at=after.status_at) for event in events
    ]


def _whose(around: Surroundings) -> dict[str, Any]:
    return {
        "customer_id": around.customer_id,
        "told_customer_id": around.told_customer_id,
        "source_record_id": around.source_record_id,
        "channel": around.channel,
        "store": around.store,
        "country": around.country,
        "brand": around.brand,
        "legal_entity": around.legal_entity,
        "home_region": around.home_region,
    }
