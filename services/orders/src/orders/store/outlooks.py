"""Parcels that are watched: which are to be looked at, what was said, and who is at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Row, insert, select, text, tuple_

from chassis.at_home import at_home_in
from orders.domain.lanes import Lane
from orders.domain.lateness import Factor, HandOver
from orders.domain.tracking import NOT_COMING, Tracking
from orders.domain.watching import AtRisk, KeptOutlook, Watched
from orders.store.lateness_tables import parcel_outlooks
from orders.store.tables import orders
from orders.store.tracking_tables import parcels
from orders.store.transits import HANDED_OVER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions
    from orders.domain.lateness import Outlook
    from orders.domain.order import Parcel

_NOT_COMING = sorted(NOT_COMING)
_DUE = text(
    f"""
    SELECT outlooks.parcel_id, outlooks.order_id, outlooks.promised_until, outlooks.at_risk_at,
        coalesce(parcels.carrier, '') AS carrier, parcels.service, parcels.origin,
        parcels.destination, outlooks.placed_at,
        coalesce(parcels.status <> ALL(CAST(:not_coming AS text[])), false) AS is_under_way,
        coalesce({HANDED_OVER}, outlooks.placed_at) AS handed_over_at
    FROM (
        SELECT * FROM parcel_outlooks WHERE look_at <= :now
        ORDER BY look_at, parcel_id LIMIT :limit FOR UPDATE SKIP LOCKED
    ) AS outlooks
    LEFT JOIN parcels ON parcels.id = outlooks.parcel_id
    """  # noqa: S608 - our own words
)
"""A parcel that was put away with its year is under way no more."""

_LOCK = text(
    """
    SELECT id, version FROM parcels
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status <> ALL(CAST(:not_coming AS text[]))
    ORDER BY id FOR UPDATE SKIP LOCKED
    """
)
_SAVE = text(
    """
    UPDATE parcel_outlooks SET look_at = :look_at, looked_at = :looked_at,
        probability = coalesce(:probability, probability),
        factors = coalesce(CAST(:factors AS jsonb), factors),
        model_version = coalesce(:model_version, model_version), at_risk_at = :at_risk_at
    WHERE parcel_id = :parcel_id
    """
)


async def begin_watching(tx: Transaction, shipped: Iterable[Parcel]) -> None:
    """Have those that have a promise looked at from their hand-over on."""
    rows = [
        {
            "parcel_id": parcel.id,
            "order_id": parcel.order_id,
            "placed_at": parcel.placed_at,
            "promised_until": parcel.promised_until,
            "look_at": parcel.registered_at,
        }
        for parcel in shipped
        if parcel.promised_until is not None and parcel.promised_until > parcel.registered_at
    ]
    if rows:
        await tx.execute(insert(parcel_outlooks), rows)


async def take_due(tx: Transaction, *, now: datetime, limit: int) -> list[Watched]:
    """Give parcels that are to be looked at, and lock their outlooks; others take the others."""
    rows = await tx.execute(_DUE, {"now": now, "limit": limit, "not_coming": _NOT_COMING})
    return [
        Watched(
            parcel_id=row.parcel_id,
            order_id=row.order_id,
            hand_over=HandOver(
                lane=Lane(row.carrier, row.service, row.origin, row.destination),
                placed_at=row.placed_at,
                handed_over_at=row.handed_over_at,
                promised_until=row.promised_until,
            ),
            is_under_way=row.is_under_way,
            at_risk_at=row.at_risk_at,
        )
        for row in rows
    ]


async def lock_to_warn(tx: Transaction, parcel_ids: Collection[UUID]) -> dict[UUID, int]:
    """Lock parcels that are to be warned of; gives the versions of those that nobody changes now.

    What somebody is changing is left for the next look: waiting could become a circle.
    """
    if not parcel_ids:
        return {}
    return {
        row.id: row.version
        for row in await tx.execute(_LOCK, {"ids": list(parcel_ids), "not_coming": _NOT_COMING})
    }


async def save_looks(
    tx: Transaction,
    looks: Sequence[tuple[Watched, Outlook | None, datetime | None, datetime | None]],
    *,
    now: datetime,
) -> None:
    """Keep what was said of parcels, when to look again, and when somebody was warned."""
    rows = [
        {
            "parcel_id": watched.parcel_id,
            "look_at": look_at,
            "looked_at": now,
            "probability": None if outlook is None else outlook.probability,
            "factors": None if outlook is None else _written(outlook),
            "model_version": None if outlook is None else outlook.model_version,
            "at_risk_at": at_risk_at,
        }
        for watched, outlook, look_at, at_risk_at in looks
    ]
    if rows:
        await tx.execute(_SAVE, rows)


async def outlook_of(connection: AsyncConnection, parcel_id: UUID) -> KeptOutlook | None:
    """Give what was said of a parcel last; None for one that is not watched."""
    statement = select(parcel_outlooks).where(parcel_outlooks.c.parcel_id == parcel_id)
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else _kept(row)


async def list_at_risk(
    connection: AsyncConnection,
    *,
    regions: Regions,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[AtRisk]:
    """Give parcels that were warned of and have not arrived, the earliest promise first."""
    statement = (
        select(
            parcel_outlooks,
            parcels.c.carrier,
            parcels.c.service,
            parcels.c.tracking_number,
            parcels.c.status,
            parcels.c.destination,
        )
        .join(parcels, parcels.c.id == parcel_outlooks.c.parcel_id)
        .join(orders, orders.c.id == parcel_outlooks.c.order_id)
        .where(
            parcel_outlooks.c.at_risk_at.is_not(None),
            parcel_outlooks.c.look_at.is_not(None),
            parcels.c.status.not_in(_NOT_COMING),
            at_home_in(orders.c.home_region, regions),
        )
        .order_by(parcel_outlooks.c.promised_until, parcel_outlooks.c.parcel_id)
        .limit(limit)
    )
    if after is not None:
        place = tuple_(parcel_outlooks.c.promised_until, parcel_outlooks.c.parcel_id)
        statement = statement.where(place > tuple_(*after))
    return [
        AtRisk(
            parcel_id=row.parcel_id,
            order_id=row.order_id,
            carrier=row.carrier,
            service=row.service,
            tracking_number=row.tracking_number,
            status=Tracking(row.status),
            destination=row.destination,
            promised_until=row.promised_until,
            outlook=_kept(row),
        )
        for row in await connection.execute(statement)
    ]


def _written(outlook: Outlook) -> str:
    return orjson.dumps(
        {factor.value: round(effect, 4) for factor, effect in outlook.factors.items()}
    ).decode()


def _kept(row: Row[Any]) -> KeptOutlook:
    factors: dict[str, float] = row.factors or {}
    return KeptOutlook(
        probability=row.probability,
        factors={Factor(name): effect for name, effect in factors.items()},
        looked_at=row.looked_at,
        at_risk_at=row.at_risk_at,
    )
