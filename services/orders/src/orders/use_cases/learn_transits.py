"""Learning from the house's own parcels how long they take and which miss their promise."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chassis.database import lock, snapshot, unit_of_work
from orders.models.fitting import decided, fit
from orders.models.transit_history import replay
from orders.store.transits import (
    keep_model,
    learnt_at,
    model_in_force,
    next_version,
    read_transits,
    replace_times,
)

if TYPE_CHECKING:
    from chassis.database import Database
    from orders.domain.estimates import TransitTimes
    from orders.domain.lateness import LatenessModel
    from orders.models.transit_history import Case

LEARN_EVERY = timedelta(hours=6)
RETRAIN_EVERY = timedelta(days=1)

_LOCK = "transits-learnt"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a learning came to: groups with times, parcels it was told of, the model in force."""

    groups: int
    parcels: int
    model: LatenessModel | None


async def learn_transits(
    database: Database, *, now: datetime, is_due_only: bool = True
) -> Learnt | None:
    """Write transit times anew, and once a day the model; None where it was done lately.

    All is read, learnt beside the loop, and written in one transaction: what stops in between has
    changed nothing, and is done again.
    """
    async with snapshot(database) as connection:
        last = await learnt_at(connection)
        if is_due_only and last is not None and now - last < LEARN_EVERY:
            return None
        transits = await read_transits(connection)
    history, cases = await asyncio.to_thread(replay, transits, until=now)
    times: list[TransitTimes] = await asyncio.to_thread(lambda: list(history.times()))
    async with unit_of_work(database) as tx:
        await lock(tx, _LOCK)
        if await learnt_at(tx) != last:
            return None
        groups = await replace_times(tx, times, at=now)
        model = await model_in_force(tx)
        is_old = model is None or now - model.trained_at >= RETRAIN_EVERY
        if is_old or not is_due_only:
            fitted = await _fit(cases, version=await next_version(tx), now=now)
            if fitted is not None:
                await keep_model(tx, fitted)
                model = fitted
    return Learnt(groups, len(transits), model)


async def _fit(cases: list[Case], *, version: int, now: datetime) -> LatenessModel | None:
    known = decided(cases, by=now)
    return await asyncio.to_thread(fit, known, version=version, trained_at=now)
