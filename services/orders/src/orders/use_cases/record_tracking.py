"""Recording what carriers said of parcels, of many at once in one transaction."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from chassis.errors import Refusal
from chassis.hot import hot_unit_of_work
from orders.domain.telling import ParcelNumber, Recorded, ToldEvent, Unclaimed, unclaimed_key
from orders.domain.times import carrier_time
from orders.store.parcels import contents_of
from orders.store.stories import find_numbers
from orders.store.told_events import record_told
from orders.store.unclaimed import hold_numbers, keep_unclaimed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from chassis.database import Database
    from chassis.hot import Driver

Outcome: TypeAlias = Recorded | Unclaimed | Refusal
"""What came of one of many: a refusal is a value here, because the others must still commit."""


async def record_tracking(database: Database, told: Sequence[ToldEvent]) -> list[Outcome]:
    """Record events, and give for each its parcel with its contents, as it stood after it."""
    async with hot_unit_of_work(database) as (tx, connection):
        outcomes = await record_told(tx, connection, told)
        recorded = [one for one in outcomes if isinstance(one, Recorded)]
        contents = await contents_of(tx, list({one.parcel.order_id for one in recorded}))
    return [
        replace(one, parcel=replace(one.parcel, lines=contents[one.parcel.id]))
        if isinstance(one, Recorded)
        else one
        for one in outcomes
    ]


async def record_batches(
    database: Database, batches: Sequence[Sequence[ToldEvent]]
) -> list[list[Outcome]]:
    """Record batches of events, which may name parcels by their carriers' numbers.

    What is told of a parcel that nobody has registered waits for it.
    """
    told = [one for batch in batches for one in batch]
    async with hot_unit_of_work(database) as (tx, connection):
        parcels = await _parcels_of(connection, told)
        named = [_named(one, parcels) for one in told]
        known = [one for one in named if isinstance(one.parcel, UUID)]
        unknown = [(one.parcel, one) for one in named if isinstance(one.parcel, ParcelNumber)]
        recorded = iter(await record_told(tx, connection, known))
        waiting = iter(await _keep(connection, unknown))
    outcomes = iter(
        [next(recorded) if isinstance(one.parcel, UUID) else next(waiting) for one in named]
    )
    return [list(islice(outcomes, len(batch))) for batch in batches]


def _named(told: ToldEvent, parcels: Mapping[ParcelNumber, UUID]) -> ToldEvent:
    found = parcels.get(told.parcel) if isinstance(told.parcel, ParcelNumber) else None
    return told if found is None else replace(told, parcel=found)


async def _parcels_of(connection: Driver, told: Collection[ToldEvent]) -> dict[ParcelNumber, UUID]:
    """Find the parcels of numbers; those that have none are held, so that none is registered."""
    numbers = {one.parcel for one in told if isinstance(one.parcel, ParcelNumber)}
    found = await find_numbers(connection, numbers)
    missing = numbers - found.keys()
    if not missing:
        return found
    await hold_numbers(connection, missing)
    return found | await find_numbers(connection, missing)


async def _keep(
    connection: Driver, told: Sequence[tuple[ParcelNumber, ToldEvent]]
) -> list[Outcome]:
    """Keep what waits for its parcel; a time that no zone can put right is refused at once."""
    refused: dict[int, Refusal] = {}
    for place, (_, one) in enumerate(told):
        try:
            carrier_time(one.occurred_told, told_zone=one.time_zone, order_zone=None)
        except Refusal as refusal:
            refused[place] = refusal
    waiting = [one for place, one in enumerate(told) if place not in refused]
    kept = await keep_unclaimed(connection, waiting)
    outcomes: list[Outcome] = []
    for place, (number, one) in enumerate(told):
        key = unclaimed_key(one, number)
        outcomes.append(refused.get(place) or Unclaimed(is_repeated=key not in kept))
        if place not in refused:
            kept.discard(key)
    return outcomes
