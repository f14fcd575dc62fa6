"""Tracking events of parcels that nobody has registered yet: kept, then claimed or forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete

from chassis.database import lock_names
from chassis.purview import Purview
from orders.domain.incidents import IncidentReason
from orders.domain.telling import ParcelNumber, ToldEvent, unclaimed_key
from orders.domain.tracking import Tracking
from orders.store.tracking_tables import unclaimed_tracking_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction
    from chassis.hot import Driver

_HOLD = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key"
_REGISTER = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key"
_KEEP = """
    INSERT INTO unclaimed_tracking_events (
        dedupe_key, carrier, tracking_number, received_at, position, status, occurred_told,
        time_zone, code, location, description, reason, purview
    )
    SELECT * FROM unnest(
        $1::bytea[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[], $6::text[],
        $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::jsonb[]
    )
    ON CONFLICT DO NOTHING
    RETURNING dedupe_key
"""
_CLAIM = """
    DELETE FROM unclaimed_tracking_events AS waiting
    USING unnest($1::text[], $2::text[]) AS told (carrier, tracking_number)
    WHERE waiting.carrier = told.carrier AND waiting.tracking_number = told.tracking_number
    RETURNING waiting.*, waiting.purview::text AS purview_text
"""


async def hold_numbers(connection: Driver, numbers: Iterable[ParcelNumber]) -> None:
    """Let nobody register parcels with these numbers until this transaction ends.

    Otherwise an event could be kept while its parcel is registered, each unseen by the other.
    """
    await connection.fetch(_HOLD, lock_names(*(number.lock_name for number in numbers)))


async def register_numbers(connection: Driver, numbers: Iterable[ParcelNumber]) -> None:
    """Let nobody keep events of these numbers until this transaction ends; before other locks."""
    await connection.fetch(_REGISTER, lock_names(*(number.lock_name for number in numbers)))


async def keep_unclaimed(
    connection: Driver, events: Sequence[tuple[ParcelNumber, ToldEvent]]
) -> set[bytes]:
    """Keep events of held numbers; gives the keys of those that were not kept before."""
    if not events:
        return set()
    rows = [
        (
            unclaimed_key(told, number),
            number.carrier,
            number.tracking_number,
            told.received_at,
            position,
            told.status.value,
            told.occurred_told,
            told.time_zone,
            told.code,
            told.location,
            told.description,
            None if told.reason is None else told.reason.value,
            orjson.dumps(told.purview.document()).decode(),
        )
        for position, (number, told) in enumerate(events)
    ]
    rows.sort(key=lambda row: row[0])
    kept = await connection.fetch(_KEEP, *zip(*rows, strict=True))
    return {row["dedupe_key"] for row in kept}


async def claim(connection: Driver, numbers: Mapping[ParcelNumber, UUID]) -> list[ToldEvent]:
    """Take the events that waited for these parcels, in the sequence in which they were told."""
    carriers = [number.carrier for number in numbers]
    rows = await connection.fetch(_CLAIM, carriers, [each.tracking_number for each in numbers])
    rows.sort(key=lambda row: (row["received_at"], row["position"]))
    return [_told(dict(row.items()), numbers) for row in rows]


async def forget_unclaimed(tx: Transaction, *, before: datetime) -> int:
    """Delete events for which no parcel came in time."""
    statement = delete(unclaimed_tracking_events).where(
        unclaimed_tracking_events.c.received_at < before
    )
    return (await tx.execute(statement)).rowcount


def _told(row: Mapping[str, Any], numbers: Mapping[ParcelNumber, UUID]) -> ToldEvent:
    return ToldEvent(
        parcel=numbers[ParcelNumber(row["carrier"], row["tracking_number"])],
        status=Tracking(row["status"]),
        occurred_told=row["occurred_told"],
        received_at=row["received_at"],
        time_zone=row["time_zone"],
        code=row["code"],
        location=row["location"],
        description=row["description"],
        reason=None if row["reason"] is None else IncidentReason(row["reason"]),
        purview=Purview.of_document(orjson.loads(row["purview_text"])),
    )
