"""Carriers' scorecards in the database: a month is measured in one statement, and kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.ids import first_uuid
from orders.domain.proposals import Evidence
from orders.domain.scorecards import NONE, Facet, Outcomes, Scorecard, Spread
from orders.domain.times import AHEAD_HOURS
from orders.store.scorecard_tables import carrier_scorecards, scorecard_months
from orders.store.tracking_tables import parcels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions

_COUNTS = (
    "parcels", "promised", "on_time", "attempted", "at_first", "ended", "damaged", "lost", "unsaid",
)  # fmt: skip
_KEY = "carrier, service, origin, destination, home_region"
_ID_SLACK = timedelta(days=1)
"""An id tells the moment it was drawn, which is not quite when its parcel was registered."""

_MEASURE = text(
    f"""
    WITH scans AS (
        SELECT parcel_id, occurred_at, status, reason,
            lag(status) OVER by_parcel AS before, lag(occurred_at) OVER by_parcel AS before_at
        FROM tracking_events
        WHERE parcel_id >= :first AND parcel_id < :next AND status <> 'pre_transit'
            AND occurred_at <= received_at + interval '{AHEAD_HOURS} hours'
        WINDOW by_parcel AS (PARTITION BY parcel_id ORDER BY occurred_at)
    ), stories AS (
        SELECT parcel_id,
            min(occurred_at) FILTER (WHERE status <> 'unknown') AS first_at,
            min(occurred_at) FILTER (WHERE status = 'delivered') AS delivered_at,
            min(occurred_at) FILTER (WHERE status = 'attempt_failed') AS failed_at,
            coalesce(bool_or(status = 'lost_or_damaged' AND reason = 'damaged'), false)
                AS is_damaged,
            (array_agg(reason ORDER BY occurred_at DESC)
                FILTER (WHERE status = 'lost_or_damaged'))[1] AS harm,
            max(occurred_at - before_at) FILTER (
                WHERE before NOT IN ('delivered', 'returned', 'lost_or_damaged')) AS gap
        FROM scans GROUP BY parcel_id
    ), known AS (
        SELECT carrier, coalesce(service, '') AS service, coalesce(origin, '') AS origin,
            coalesce(destination, '') AS destination, orders.home_region,
            coalesce(terminal_status = 'delivered', false) AS is_delivered,
            terminal_status IS NOT NULL AS has_ended,
            coalesce(terminal_status = 'lost_or_damaged', false) AS is_harmed,
            least(registered_at, first_at) AS handed_over_at,
            coalesce(delivered_at, terminal_at) AS delivered_at,
            promised_until, failed_at, coalesce(is_damaged, false) AS is_damaged, harm, gap
        FROM parcels JOIN orders ON orders.id = parcels.order_id
            LEFT JOIN stories ON stories.parcel_id = parcels.id
        WHERE parcels.id >= :first AND parcels.id < :next
            AND registered_at >= :from_at AND registered_at < :until_at
    ), measured AS (
        SELECT {_KEY},
            promised_until IS NOT NULL AND (is_delivered OR promised_until < :now) AS is_promised,
            is_delivered AND delivered_at <= promised_until AS is_on_time,
            is_delivered OR failed_at IS NOT NULL AS is_attempted,
            is_delivered AND (failed_at IS NULL OR failed_at > delivered_at) AS is_at_first,
            has_ended, is_damaged,
            is_harmed AND harm IN ('lost', 'stolen') AS is_lost,
            is_harmed AND NOT is_damaged AND coalesce(harm NOT IN ('lost', 'stolen'), true)
                AS is_unsaid,
            ceil(extract(epoch FROM gap) / 3600) AS gaps,
            CASE WHEN is_delivered THEN
                ceil(extract(epoch FROM delivered_at - promised_until) / 3600) END AS lateness,
            CASE WHEN is_delivered THEN
                greatest(ceil(extract(epoch FROM delivered_at - handed_over_at) / 3600), 0) END
                AS transits,
            CASE WHEN NOT has_ended THEN
                greatest(floor(extract(epoch FROM :now - handed_over_at) / 3600), 0) END AS waits
        FROM known
    ), counted AS (
        SELECT {_KEY}, count(*) AS parcels,
            count(*) FILTER (WHERE is_promised) AS promised,
            count(*) FILTER (WHERE is_on_time) AS on_time,
            count(*) FILTER (WHERE is_attempted) AS attempted,
            count(*) FILTER (WHERE is_at_first) AS at_first,
            count(*) FILTER (WHERE has_ended) AS ended,
            count(*) FILTER (WHERE is_damaged) AS damaged,
            count(*) FILTER (WHERE is_lost) AS lost,
            count(*) FILTER (WHERE is_unsaid) AS unsaid
        FROM measured GROUP BY {_KEY}
    ), spread AS (
        SELECT {_KEY}, kind, jsonb_object_agg(hours, parcels) AS spread
        FROM (
            SELECT {_KEY}, kind, least(hours, {366 * 24})::int AS hours, count(*) AS parcels
            FROM measured CROSS JOIN LATERAL (VALUES
                ('gaps', gaps), ('lateness', lateness), ('transits', transits), ('waits', waits)
            ) AS told (kind, hours)
            WHERE hours IS NOT NULL
            GROUP BY {_KEY}, kind, least(hours, {366 * 24})::int
        ) AS each_hour
        GROUP BY {_KEY}, kind
    ), spreads AS (
        SELECT {_KEY}, jsonb_object_agg(kind, spread) AS spreads FROM spread GROUP BY {_KEY}
    )
    INSERT INTO carrier_scorecards (month, {_KEY}, {", ".join(_COUNTS)}, spreads)
    SELECT :month, {_KEY}, {", ".join(_COUNTS)}, coalesce(spreads, '{{}}')
    FROM counted LEFT JOIN spreads USING ({_KEY})
    """  # noqa: S608 - our own words
)
"""`first` and `next` keep to the part of both tables, by their keys, that holds the month."""

_PATIENCE = text("SET LOCAL statement_timeout = '15min'")
"""A month of millions of parcels takes minutes; nobody waits for it."""

_TOLD_SINCE = text(
    """
    SELECT date_trunc('month', registered_at, 'UTC') AS month, max(received_at) AS told_at
    FROM parcels JOIN (
        SELECT parcel_id, max(received_at) AS received_at FROM tracking_events
        WHERE received_at >= :since GROUP BY parcel_id
    ) AS told ON told.parcel_id = parcels.id
    GROUP BY 1
    """
)
_ON_LANES = """
    month BETWEEN :first AND :last AND (home_region = ANY(:named)) <> :all_but
    AND (CAST(:origin AS text) IS NULL OR origin = :origin OR starts_with(origin, :origin || '-'))
    AND (CAST(:destination AS text) IS NULL OR destination = :destination
        OR starts_with(destination, :destination || '-'))
"""


async def first_month(connection: AsyncConnection) -> date | None:
    """Give the month of the first parcel that there is."""
    statement = select(parcels.c.registered_at).order_by(parcels.c.id).limit(1)
    at: datetime | None = await connection.scalar(statement)
    return None if at is None else at.astimezone(UTC).date().replace(day=1)


async def measured_months(connection: AsyncConnection) -> dict[date, datetime]:
    """Give the months that are kept, and as of when they are."""
    statement = select(scorecard_months.c.month, scorecard_months.c.measured_at)
    return {row.month: row.measured_at for row in await connection.execute(statement)}


async def told_since(connection: AsyncConnection, since: datetime) -> dict[date, datetime]:
    """Give the months of whose parcels something was told since a moment, and when last."""
    rows = await connection.execute(_TOLD_SINCE, {"since": since})
    return {row.month.astimezone(UTC).date(): row.told_at for row in rows}


async def measure(tx: Transaction, month: date, *, following: date, now: datetime) -> None:
    """Write a month's scorecards anew, as of now."""
    from_at, until_at = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (month, following))
    await tx.execute(_PATIENCE)
    await tx.execute(delete(carrier_scorecards).where(carrier_scorecards.c.month == month))
    await tx.execute(
        _MEASURE,
        {
            "month": month,
            "from_at": from_at,
            "until_at": until_at,
            "first": first_uuid(from_at - _ID_SLACK),
            "next": first_uuid(until_at + _ID_SLACK),
            "now": now,
        },
    )
    written = insert(scorecard_months).values(month=month, measured_at=now)
    await tx.execute(
        written.on_conflict_do_update(index_elements=["month"], set_={"measured_at": now})
    )


async def read_scorecards(
    connection: AsyncConnection,
    *,
    months: tuple[date, date],
    lane: tuple[str | None, str | None],
    facets: Collection[Facet],
    regions: Regions,
    limit: int,
) -> list[Scorecard]:
    """Add months up by carrier and facets; a lane's end takes what is inside it, None takes all."""
    names = ["carrier", *_columns(facets)]
    rows = await connection.execute(
        _added_up(names, f"SELECT * FROM carrier_scorecards WHERE {_ON_LANES}"),  # noqa: S608
        _within(months, lane, regions) | {"limit": limit},
    )
    return [_scorecard(row, facets) for row in rows]


async def evidence_of(
    connection: AsyncConnection,
    carriers: Iterable[str],
    *,
    months: tuple[date, date],
    lane: tuple[str, str],
    regions: Regions,
) -> dict[tuple[str, str], Evidence]:
    """Give what became of carriers' parcels on a lane, and of the others between its countries."""
    origin, destination = lane
    countries = origin.partition("-")[0], destination.partition("-")[0]
    chosen = f"""
        SELECT *, origin = :from_area AND destination = :to_area AS is_on_lane
        FROM carrier_scorecards WHERE {_ON_LANES} AND carrier = ANY(:carriers)
    """  # noqa: S608 - our own words
    told = {"carriers": sorted(set(carriers)), "from_area": origin, "to_area": destination}
    rows = await connection.execute(
        _added_up(["carrier", "service", "is_on_lane"], chosen),
        _within(months, countries, regions) | told | {"limit": None},
    )
    found: dict[tuple[str, str], dict[bool, Outcomes]] = {}
    for row in rows:
        found.setdefault((row.carrier, row.service), {})[row.is_on_lane] = _outcomes(row)
    return {
        name: Evidence(lane=of.get(True, NONE), countries=of.get(False, NONE))
        for name, of in found.items()
    }


def _added_up(names: Iterable[str], chosen: str) -> Any:
    by = ", ".join(names)
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in _COUNTS)
    return text(
        f"""
        WITH chosen AS ({chosen}), sums AS (
            SELECT {by}, {sums} FROM chosen GROUP BY {by} ORDER BY {by} LIMIT :limit
        ), spreads AS (
            SELECT {by}, jsonb_object_agg(kind, spread) AS spreads FROM (
                SELECT {by}, kind, jsonb_object_agg(hours, parcels) AS spread FROM (
                    SELECT {by}, told.key AS kind, each.key AS hours,
                        sum(each.value::bigint) AS parcels
                    FROM chosen, jsonb_each(chosen.spreads) AS told, jsonb_each_text(told.value)
                        AS each
                    GROUP BY {by}, told.key, each.key
                ) AS each_hour GROUP BY {by}, kind
            ) AS each_kind GROUP BY {by}
        )
        SELECT * FROM sums LEFT JOIN spreads USING ({by}) ORDER BY {by}
        """  # noqa: S608 - our own words
    )


def _within(
    months: tuple[date, date], lane: tuple[str | None, str | None], regions: Regions
) -> dict[str, Any]:
    return {
        "first": months[0],
        "last": months[1],
        "origin": lane[0],
        "destination": lane[1],
        "named": sorted(regions.named),
        "all_but": regions.all_but,
    }


def _columns(facets: Collection[Facet]) -> list[str]:
    lane = ["origin", "destination"] if Facet.LANE in facets else []
    others = [facet.value for facet in (Facet.SERVICE, Facet.MONTH) if facet in facets]
    return [*others, *lane]


def _scorecard(row: Row[Any], facets: Collection[Facet]) -> Scorecard:
    return Scorecard(
        carrier=row.carrier,
        service=row.service if Facet.SERVICE in facets else None,
        lane=(row.origin, row.destination) if Facet.LANE in facets else None,
        month=row.month if Facet.MONTH in facets else None,
        outcomes=_outcomes(row),
    )


def _outcomes(row: Row[Any]) -> Outcomes:
    return Outcomes(
        parcels=row.parcels,
        promised=row.promised,
        on_time=row.on_time,
        attempted=row.attempted,
        at_first=row.at_first,
        ended=row.ended,
        damaged=row.damaged,
        lost=row.lost,
        unsaid=row.unsaid,
        gaps=_spread(row, "gaps"),
        lateness=_spread(row, "lateness"),
        transits=_spread(row, "transits"),
        waits=_spread(row, "waits"),
    )


def _spread(row: Row[Any], kind: str) -> Spread:
    told: Mapping[str, Mapping[str, int]] = row.spreads or {}
    return Spread({int(hours): parcels for hours, parcels in told.get(kind, {}).items()})
