"""Carriers' words of no known meaning: counted as they come, listed with an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, select, tuple_

from chassis.at_home import at_home_in
from orders.domain.tracking import Tracking
from orders.domain.unmapped import UnmappedCode
from orders.store.tables import orders
from orders.store.tracking_tables import parcels, tracking_events, unmapped_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.hot import Driver
    from chassis.purview import Regions
    from orders.store.stories import NewEvent

_COUNT = """
    INSERT INTO unmapped_codes AS known
        (carrier, code, times, first_seen_at, last_seen_at, example_parcel_id, example_key)
    SELECT told.carrier, told.code, count(*), min(told.seen_at), max(told.seen_at),
        (array_agg(told.parcel_id) FILTER (WHERE told.example_key IS NOT NULL))[1],
        (array_agg(told.example_key) FILTER (WHERE told.example_key IS NOT NULL))[1]
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::bytea[])
        AS told (carrier, code, seen_at, parcel_id, example_key)
    GROUP BY told.carrier, told.code
    ORDER BY told.carrier, told.code
    ON CONFLICT (carrier, code) DO UPDATE SET
        times = known.times + excluded.times,
        first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
        example_parcel_id = coalesce(excluded.example_parcel_id, known.example_parcel_id),
        example_key = coalesce(excluded.example_key, known.example_key)
"""
"""Sorted, and the last locks that a transaction takes, so that nobody waits in a circle."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A new event and whose carrier it is."""

    carrier: str
    new: NewEvent


async def count_unmapped(connection: Driver, seen: Iterable[Seen]) -> None:
    """Count those of new events that carry a code of no known meaning."""
    rows = [
        (
            one.carrier,
            one.new.event.code,
            one.new.received_at,
            one.new.event.parcel_id,
            one.new.key if one.new.with_texts and one.new.event.description is not None else None,
        )
        for one in seen
        if one.new.event.status is Tracking.UNKNOWN and one.new.event.code is not None
    ]
    if rows:
        await connection.execute(_COUNT, *zip(*rows, strict=True))


async def list_unmapped(
    connection: AsyncConnection,
    *,
    regions: Regions,
    after: tuple[str, str] | None,
    limit: int,
) -> list[UnmappedCode]:
    """Give carriers' codes of no known meaning, from a place in their list.

    The example is an event's own text, so that erasing it there erases it here; it is told where
    its order's home region is open to the caller.
    """
    seen = case((at_home_in(orders.c.home_region, regions), tracking_events.c.description))
    statement = (
        select(unmapped_codes, seen.label("example"))
        .select_from(
            unmapped_codes.outerjoin(
                tracking_events,
                and_(
                    tracking_events.c.parcel_id == unmapped_codes.c.example_parcel_id,
                    tracking_events.c.dedupe_key == unmapped_codes.c.example_key,
                ),
            )
            .outerjoin(parcels, parcels.c.id == tracking_events.c.parcel_id)
            .outerjoin(orders, orders.c.id == parcels.c.order_id)
        )
        .order_by(unmapped_codes.c.carrier, unmapped_codes.c.code)
        .limit(limit)
    )
    if after is not None:
        place = tuple_(unmapped_codes.c.carrier, unmapped_codes.c.code)
        statement = statement.where(place > tuple_(*after))
    return [
        UnmappedCode(
            carrier=row.carrier,
            code=row.code,
            times=row.times,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            example=row.example,
        )
        for row in await connection.execute(statement)
    ]
