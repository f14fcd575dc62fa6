"""How long the house's parcels took: the past as it is learnt from, and what was learnt of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, select, text, tuple_

from orders.domain.estimates import Estimate, TransitTimes, estimate
from orders.domain.lanes import HOUSE, Lane, Level, TransitGroup
from orders.domain.lateness import FORM, LatenessModel
from orders.domain.transits import Transit
from orders.store.lateness_tables import lateness_models, transit_times

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.order import Parcel

MOST = 100_000
"""From so many of the latest parcels is learnt, so that learning takes a bounded time."""

HANDED_OVER = """
    least(parcels.registered_at, (
        SELECT min(told.occurred_at) FROM tracking_events AS told
        WHERE told.parcel_id = parcels.id AND told.status NOT IN ('unknown', 'pre_transit')
            AND told.occurred_at <= told.received_at + interval '36 hours'
    ))
"""
"""When the carrier had it: when we were told of it, unless the carrier had it before that.

Events ahead of their receipt by more than `AHEAD_HOURS` have a wrong clock.
"""

_TRANSITS = text(
    f"""
    SELECT carrier, service, origin, destination, placed_at, promised_until,
        {HANDED_OVER} AS handed_over_at,
        CASE terminal_status WHEN 'delivered' THEN terminal_at END AS delivered_at
    FROM parcels ORDER BY id DESC LIMIT :most
    """  # noqa: S608 - our own words
)
_HANDED_OVER_OF = text(f"SELECT {HANDED_OVER} FROM parcels WHERE id = :parcel_id")  # noqa: S608 - our own words
_ROWS_AT_ONCE = 1_000
_KEY = ("level", "carrier", "service", "origin", "destination")
_key = tuple_(*(transit_times.c[name] for name in _KEY))


async def read_transits(connection: AsyncConnection, *, most: int = MOST) -> list[Transit]:
    """Give the latest parcels, in no sequence."""
    found: list[Transit] = []
    result = await connection.stream(_TRANSITS, {"most": most})
    async for rows in result.partitions(_ROWS_AT_ONCE):
        found += [
            Transit(
                lane=Lane(row.carrier, row.service, row.origin, row.destination),
                placed_at=row.placed_at,
                handed_over_at=row.handed_over_at,
                promised_until=row.promised_until,
                delivered_at=row.delivered_at,
            )
            for row in rows
        ]
    return found


async def estimate_of(
    connection: AsyncConnection, parcel: Parcel, *, now: datetime
) -> Estimate | None:
    """Estimate when a parcel arrives that is under way; None where nothing tells."""
    if not parcel.is_under_way:
        return None
    times = (await times_of(connection, [parcel.lane]))[parcel.lane]
    if not times:
        return None
    since = (await connection.execute(_HANDED_OVER_OF, {"parcel_id": parcel.id})).scalar_one()
    return estimate(times, handed_over_at=since, now=now)


async def replace_times(tx: Transaction, times: Iterable[TransitTimes], *, at: datetime) -> int:
    """Put what was learnt now in the place of what was learnt before; gives of how many groups."""
    await tx.execute(delete(transit_times))
    rows = [
        dict(zip(_KEY, _place(each.group), strict=True))
        | {
            "parcels": each.parcels,
            "ends": list(each.ends),
            "expected_log": each.expected_log,
            "recent": each.recent,
            "hazards": None if each.hazards is None else list(each.hazards),
            "learnt_at": at,
        }
        for each in times
    ]
    if rows:
        await tx.execute(insert(transit_times), rows)
    return len(rows)


async def learnt_at(connection: AsyncConnection) -> datetime | None:
    """Give when transit times were learnt last."""
    statement = select(transit_times.c.learnt_at).where(_key == tuple_(*_place(HOUSE)))
    return await connection.scalar(statement)


async def times_of(
    connection: AsyncConnection, lanes: Iterable[Lane]
) -> dict[Lane, tuple[TransitTimes, ...]]:
    """Give for each lane the times of its groups, the narrowest first, in one query for all."""
    wanted = list(dict.fromkeys(lanes))
    groups = {group for lane in wanted for group in lane.groups}
    if not groups:
        return {}
    statement = select(transit_times).where(_key.in_(sorted(map(_place, groups))))
    found = {_group(row): _times(row) for row in await connection.execute(statement)}
    return {lane: tuple(found[group] for group in lane.groups if group in found) for lane in wanted}


async def model_in_force(connection: AsyncConnection) -> LatenessModel | None:
    """Give the model that was learnt last; one of another form weighs other features, and rests."""
    statement = (
        select(lateness_models)
        .where(lateness_models.c.form == FORM)
        .order_by(lateness_models.c.version.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    return LatenessModel(
        version=row.version,
        intercept=row.intercept,
        weights=tuple(row.weights),
        means=tuple(row.means),
        spreads=tuple(row.spreads),
        parcels=row.parcels,
        missed=row.missed,
        trained_at=row.trained_at,
    )


async def next_version(tx: Transaction) -> int:
    """Give the version that a new model has."""
    return (await tx.scalar(select(func.max(lateness_models.c.version))) or 0) + 1


async def keep_model(tx: Transaction, model: LatenessModel) -> None:
    """Put a model in force; those before it are kept."""
    await tx.execute(
        insert(lateness_models).values(
            version=model.version,
            form=FORM,
            intercept=model.intercept,
            weights=list(model.weights),
            means=list(model.means),
            spreads=list(model.spreads),
            parcels=model.parcels,
            missed=model.missed,
            trained_at=model.trained_at,
        )
    )


def _place(group: TransitGroup) -> tuple[str, ...]:
    return group.level.value, group.carrier, group.service, group.origin, group.destination


def _group(row: Row[Any]) -> TransitGroup:
    return TransitGroup(Level(row.level), row.carrier, row.service, row.origin, row.destination)


def _times(row: Row[Any]) -> TransitTimes:
    return TransitTimes(
        group=_group(row),
        parcels=row.parcels,
        ends=tuple(row.ends),
        expected_log=row.expected_log,
        recent=row.recent,
        hazards=None if row.hazards is None else tuple(row.hazards),
    )
