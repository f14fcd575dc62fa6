"""Booked places held against the arrival of what was sent for them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from orders.domain.promises import BROKEN, BrokenPromise, KeptShare, Verdict
from orders.domain.zones import WINDOW

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.purview import Regions
    from orders.domain.promises import Period

_JUDGED = """
    WITH promised AS (
        SELECT hold.id, hold.order_id, hold.zone, hold.starts_at,
            hold.starts_at + :window AS ends_at,
            CASE WHEN orders.commercial = 'cancelled' THEN orders.cancelled_at END AS cancelled_at,
            date_trunc('week', hold.starts_at AT TIME ZONE coalesce(zone.time_zone, 'UTC'))::date
                AS week_from
        FROM slot_holds AS hold
        JOIN orders ON orders.id = hold.order_id
        LEFT JOIN delivery_zones AS zone ON zone.zone = hold.zone
        WHERE hold.state = 'booked'
            AND (CAST(:zone AS text) IS NULL OR hold.zone = :zone)
            AND hold.starts_at BETWEEN CAST(:first AS date) - 1 AND CAST(:last AS date) + 2
            AND (hold.starts_at AT TIME ZONE coalesce(zone.time_zone, 'UTC'))::date
                BETWEEN :first AND :last
            AND (orders.home_region = ANY(CAST(:regions AS text[]))) <> :all_but
    ),
    arrived AS (
        SELECT promised.*, part.*
        FROM promised CROSS JOIN LATERAL (
            SELECT bool_and(arrived_at IS NOT NULL) AS is_there, max(arrived_at) AS arrived_at,
                coalesce(bool_or(is_untold), false) AS is_untold
            FROM (
                SELECT sent.*, bool_or(left_at <= ends_at) OVER () AS any_in_time
                FROM (
                    SELECT registered_at AS left_at, false AS is_untold,
                        CASE WHEN status = 'delivered' THEN status_at END AS arrived_at
                    FROM parcels WHERE parcels.order_id = promised.order_id
                    UNION ALL
                    SELECT shipped_at, location IS NULL,
                        CASE WHEN location IS NOT NULL THEN shipped_at END
                    FROM shipments WHERE shipments.order_id = promised.order_id
                        AND NOT EXISTS (
                            SELECT FROM parcels WHERE parcels.order_id = promised.order_id
                                AND parcels.shipment_id = shipments.id)
                ) AS sent
            ) AS sent
            WHERE left_at <= ends_at OR NOT any_in_time
        ) AS part
    ),
    judged AS (
        SELECT *, CASE
                WHEN is_there AND arrived_at < starts_at THEN 'early'
                WHEN is_there AND arrived_at <= ends_at THEN 'kept'
                WHEN is_there THEN 'late'
                WHEN is_untold THEN 'untold'
                WHEN :now <= ends_at THEN 'open'
                ELSE 'missed' END AS verdict,
            ceil(extract(epoch FROM CASE
                WHEN is_there AND arrived_at < starts_at THEN starts_at - arrived_at
                WHEN is_there THEN arrived_at - ends_at
                ELSE :now - ends_at END) / 60)::bigint AS minutes
        FROM arrived
        WHERE cancelled_at IS NULL OR cancelled_at > ends_at
    )
"""
"""What had left by the end of a window is what was to arrive in it; else whatever left later.

A parcel arrives when it is delivered, what is handed over when it leaves. Goods that came back
without anybody having told that they left arrived at a time that nobody told.
"""
_SHARES = f"""{_JUDGED}
    SELECT zone, week_from, verdict, count(*) AS number FROM judged
    GROUP BY zone, week_from, verdict ORDER BY zone, week_from
"""  # noqa: S608 - constants of this module
_BROKEN = f"""{_JUDGED}
    SELECT id, order_id, zone, starts_at, ends_at, verdict, minutes,
        CASE WHEN is_there THEN arrived_at END AS arrived_at
    FROM judged
    WHERE verdict = ANY(CAST(:broken AS text[]))
        AND (CAST(:after_at AS timestamptz) IS NULL
            OR (starts_at, id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
    ORDER BY starts_at DESC, id DESC LIMIT :limit
"""  # noqa: S608 - constants of this module


async def kept_shares(
    connection: AsyncConnection, period: Period, *, regions: Regions, now: datetime
) -> list[KeptShare]:
    """Count the promises of each zone and week by how they ended."""
    rows = await connection.execute(text(_SHARES), _told(period, regions=regions, now=now))
    found: defaultdict[tuple[str, date], dict[Verdict, int]] = defaultdict(dict)
    for row in rows:
        found[row.zone, row.week_from][Verdict(row.verdict)] = row.number
    return [
        KeptShare(zone=zone, week_from=week_from, counts=counts)
        for (zone, week_from), counts in found.items()
    ]


async def broken_promises(
    connection: AsyncConnection,
    period: Period,
    *,
    regions: Regions,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[BrokenPromise]:
    """Give the promises that were not kept, the latest window first, from a place in that list."""
    after_at, after_id = after or (None, None)
    told = _told(period, regions=regions, now=now) | {
        "broken": list(BROKEN),
        "after_at": after_at,
        "after_id": after_id,
        "limit": limit,
    }
    return [
        BrokenPromise(
            hold_id=row.id,
            order_id=row.order_id,
            zone=row.zone,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            verdict=Verdict(row.verdict),
            minutes=row.minutes,
            arrived_at=row.arrived_at,
        )
        for row in await connection.execute(text(_BROKEN), told)
    ]


def _told(period: Period, *, regions: Regions, now: datetime) -> dict[str, Any]:
    return {
        "zone": period.zone,
        "first": period.first,
        "last": period.last,
        "window": WINDOW,
        "regions": sorted(regions.named),
        "all_but": regions.all_but,
        "now": now,
    }
