"""Looking at parcels that have a promise, and warning once of each that will likely miss it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.outbox import announce
from orders.domain.lateness import LatenessModel, Outlook, look_ahead
from orders.domain.watching import LOOK_AGAIN, Watched
from orders.events import PARCEL, RiskFactor, ShipmentAtRisk
from orders.store.outlooks import lock_to_warn, save_looks, take_due
from orders.store.transits import model_in_force, times_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction

_TOGETHER = 200


async def watch_parcels(database: Database, *, now: datetime, warn_at: float) -> int:
    """Look at some parcels that are due; gives how many there were.

    A parcel that misses its promise with a probability of `warn_at` or more is at risk: it is
    announced once, before the promise has passed.
    """
    async with unit_of_work(database) as tx:
        due = await take_due(tx, now=now, limit=_TOGETHER)
        if not due:
            return 0
        seen = await _judge(tx, due, now=now)
        to_warn = {
            watched.parcel_id
            for watched, outlook in seen
            if watched.to_warn(outlook, warn_at=warn_at, now=now)
        }
        versions = await lock_to_warn(tx, to_warn)
        looks: list[tuple[Watched, Outlook | None, datetime | None, datetime | None]] = []
        for watched, outlook in seen:
            at_risk_at = watched.at_risk_at
            if outlook is not None and watched.parcel_id in versions:
                at_risk_at = now
                await _warn(tx, watched, outlook, version=versions[watched.parcel_id], now=now)
            next_look = watched.next_look(now=now, is_at_risk=at_risk_at is not None)
            if watched.parcel_id in to_warn and at_risk_at is None:
                next_look = now + LOOK_AGAIN  # somebody is changing it
            looks.append((watched, outlook, next_look, at_risk_at))
        await save_looks(tx, looks, now=now)
    return len(due)


async def _judge(
    tx: Transaction, due: Sequence[Watched], *, now: datetime
) -> list[tuple[Watched, Outlook | None]]:
    model: LatenessModel | None = await model_in_force(tx)
    times = await times_of(tx, (watched.hand_over.lane for watched in due))
    return [
        (
            watched,
            look_ahead(watched.hand_over, times[watched.hand_over.lane], model, now=now)
            if watched.is_under_way and now < watched.hand_over.promised_until
            else None,
        )
        for watched in due
    ]


async def _warn(
    tx: Transaction, watched: Watched, outlook: Outlook, *, version: int, now: datetime
) -> None:
    event = ShipmentAtRisk(
        parcel_id=watched.parcel_id,
        order_id=watched.order_id,
        carrier=watched.hand_over.lane.carrier,
        promised_until=watched.hand_over.promised_until,
        probability=round(outlook.probability, 4),
        factors=tuple(
            RiskFactor(factor=factor, effect=round(effect, 2))
            for factor, effect in sorted(outlook.factors.items(), key=lambda each: -each[1])
        ),
        noticed_at=now,
    )
    await announce(tx, event, key=PARCEL.show(watched.parcel_id), sequence=version, at=now)
