"""Parcels' stories, many at once: locked, joined and stored in a few statements for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orders.domain.order import Parcel
from orders.domain.placing import Channel
from orders.domain.telling import ParcelNumber
from orders.domain.tracking import RANK, Moment, Story, Tracking, TrackingEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.hot import Driver
    from chassis.outbox import OutboxRow

_FIND = """
    SELECT DISTINCT ON (parcels.carrier, parcels.tracking_number)
        parcels.carrier, parcels.tracking_number, parcels.id
    FROM unnest($1::text[], $2::text[]) AS told (carrier, tracking_number)
    JOIN parcels USING (carrier, tracking_number)
    ORDER BY parcels.carrier, parcels.tracking_number, parcels.registered_at DESC, parcels.id DESC
"""
_LOCK = """
    SELECT id, version, order_id, placed_at, shipment_id, carrier, tracking_number, token,
        holds_rest, registered_at, status, status_at, is_disputed,
        terminal_at, terminal_status, other_at, other_status, unmapped_at
    FROM parcels WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
"""
_ORDERS = """
    SELECT id, time_zone, home_region, erased_at IS NOT NULL AS is_erased, customer_id,
        nullif(told_customer_id, customer_id) AS told_customer_id, source_record_id, channel, store,
        country, brand, legal_entity
    FROM orders WHERE id = ANY($1::uuid[])
"""
_APPEND = """
    INSERT INTO tracking_events (
        dedupe_key, parcel_id, placed_at, occurred_at, occurred_told, zone_source, received_at,
        status, code, location, description, reason
    )
    SELECT * FROM unnest(
        $1::bytea[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[],
        $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]
    )
    ON CONFLICT DO NOTHING
    RETURNING dedupe_key
"""
_SAVE = """
    WITH announced AS (
        INSERT INTO outbox (
            id, aggregatetype, aggregateid, type, sequence, payload, occurred_at, traceparent
        )
        SELECT * FROM unnest(
            $11::uuid[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::jsonb[],
            $17::timestamptz[], $18::text[]
        )
    )
    UPDATE parcels SET version = told.version, status = told.status, status_at = told.status_at,
        is_disputed = told.is_disputed, terminal_at = told.terminal_at,
        terminal_status = told.terminal_status, other_at = told.other_at,
        other_status = told.other_status, unmapped_at = told.unmapped_at
    FROM unnest(
        $1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::boolean[], $6::timestamptz[],
        $7::text[], $8::timestamptz[], $9::text[], $10::timestamptz[]
    ) AS told (
        id, version, status, status_at, is_disputed, terminal_at, terminal_status, other_at,
        other_status, unmapped_at
    )
    WHERE parcels.id = told.id
"""
_OUTBOX_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """A locked parcel, without its contents, and the story that was told of it so far."""

    parcel: Parcel
    story: Story


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a parcel's order says: its zone, where it is at home, whose it is, if anybody's."""

    time_zone: str
    home_region: str
    is_erased: bool
    customer_id: str | None
    told_customer_id: str | None
    source_record_id: UUID | None
    channel: Channel
    store: str | None
    country: str
    brand: str
    legal_entity: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to store, with what its row says beside it."""

    event: TrackingEvent
    key: bytes
    placed_at: datetime
    received_at: datetime
    with_texts: bool


async def find_numbers(
    connection: Driver, numbers: Collection[ParcelNumber]
) -> dict[ParcelNumber, UUID]:
    """Give the parcel of each number that there is: the one that was registered last."""
    if not numbers:
        return {}
    carriers = [number.carrier for number in numbers]
    rows = await connection.fetch(_FIND, carriers, [each.tracking_number for each in numbers])
    return {ParcelNumber(row["carrier"], row["tracking_number"]): row["id"] for row in rows}


async def lock_stories(connection: Driver, parcel_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Lock those of these parcels that there are, always in the same sequence."""
    rows = await connection.fetch(_LOCK, sorted(parcel_ids))
    return {row["id"]: _standing(dict(row.items())) for row in rows}


async def surroundings_of(
    connection: Driver, order_ids: Iterable[UUID]
) -> Mapping[UUID, Surroundings]:
    """Give what orders say; call it when their parcels are locked, so that it is of now."""
    rows = await connection.fetch(_ORDERS, list(order_ids))
    return {
        row["id"]: Surroundings(
            row["time_zone"],
            row["home_region"],
            row["is_erased"],
            row["customer_id"],
            row["told_customer_id"],
            row["source_record_id"],
            Channel(row["channel"]),
            row["store"],
            row["country"],
            row["brand"],
            row["legal_entity"],
        )
        for row in rows
    }


async def append_events(connection: Driver, events: Sequence[NewEvent]) -> set[bytes]:
    """Store events unless they are stored already; gives the keys of those that were not."""
    if not events:
        return set()
    rows = [
        (
            new.key,
            new.event.parcel_id,
            new.placed_at,
            new.event.occurred_at,
            new.event.occurred_told,
            new.event.zone_source.value,
            new.received_at,
            new.event.status.value,
            new.event.code,
            new.event.location if new.with_texts else None,
            new.event.description if new.with_texts else None,
            None if new.event.reason is None else new.event.reason.value,
        )
        for new in events
    ]
    stored = await connection.fetch(_APPEND, *zip(*rows, strict=True))
    return {row["dedupe_key"] for row in stored}


async def save_stories(
    connection: Driver, standings: Collection[Standing], announcements: Sequence[OutboxRow]
) -> None:
    """Store what locked parcels have come to, and the facts that tell of it."""
    rows = [
        (
            standing.parcel.id,
            standing.parcel.version,
            standing.parcel.status.value,
            standing.parcel.status_at,
            standing.parcel.is_disputed,
            *_at_and_status(standing.story.terminal),
            *_at_and_status(standing.story.other),
            _at_and_status(standing.story.unmapped)[0],
        )
        for standing in standings
    ]
    facts = list(zip(*announcements, strict=True)) or [()] * _OUTBOX_COLUMNS
    await connection.execute(_SAVE, *zip(*rows, strict=True), *facts)


def _at_and_status(moment: Moment | None) -> tuple[datetime | None, str | None]:
    return (None, None) if moment is None else (moment.at, moment.status.value)


def _standing(row: Mapping[str, Any]) -> Standing:
    parcel = Parcel(
        id=row["id"],
        version=row["version"],
        order_id=row["order_id"],
        placed_at=row["placed_at"],
        shipment_id=row["shipment_id"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        token=row["token"],
        holds_rest=row["holds_rest"],
        registered_at=row["registered_at"],
        status=Tracking(row["status"]),
        status_at=row["status_at"],
        is_disputed=row["is_disputed"],
        lines=(),
    )
    story = Story(
        terminal=_moment(row["terminal_at"], row["terminal_status"]),
        other=_moment(row["other_at"], row["other_status"]),
        unmapped=_moment(row["unmapped_at"], Tracking.UNKNOWN),
    )
    return Standing(parcel, story)


def _moment(at: datetime | None, status: str | None) -> Moment | None:
    if at is None or status is None:
        return None
    known = Tracking(status)
    return Moment(at, RANK[known], known)
