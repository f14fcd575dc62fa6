"""Holding places in delivery windows, many in one transaction: never one too many."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from chassis.database import unit_of_work
from chassis.errors import FieldProblem, Refusal
from chassis.idempotency import KeyReused
from orders.domain.slots import Hold, HoldState, KnownHold, full
from orders.domain.zones import no_such_zone
from orders.store.slots import Place, holds_by_key, insert_holds, lock_slots, save_slots
from orders.store.zones import lock_zones

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chassis.database import Database, Transaction
    from orders.domain.slots import NewHold, Slot
    from orders.domain.zones import Zone

HoldOutcome: TypeAlias = Hold | Refusal
"""What came of one of many: a refusal is a value here, because the others must still commit."""


async def hold_slots(database: Database, asked: Sequence[NewHold]) -> list[HoldOutcome]:
    """Hold places, many in one transaction, first come first served.

    The zones are read under their locks, so that a change of one counts from its commit on. The
    same client's key gets the hold it got before, whatever became of it, if it asks for the same.
    """
    async with unit_of_work(database) as tx:
        zones = await lock_zones(tx, {one.zone for one in asked})
        known = await holds_by_key(tx, {one.name for one in asked if one.is_keyed})
        fresh = [one for one in asked if one.name not in known]
        sale = await _open(tx, fresh, zones)
        outcomes: list[HoldOutcome] = []
        for one in asked:
            earlier = known.get(one.name)
            if earlier is not None:
                outcomes.append(_again(one, earlier))
                continue
            outcome = sale.take(one)
            if isinstance(outcome, Hold):
                known[one.name] = KnownHold(outcome, one.request_hash)
            outcomes.append(outcome)
        lost = await _store(tx, sale)
    return [
        _again(one, lost[one.name]) if one.name in lost else outcome
        for one, outcome in zip(asked, outcomes, strict=True)
    ]


@dataclass(slots=True)
class _Sale:
    """Windows as they are sold in one transaction."""

    zones: Mapping[str, Zone]
    slots: dict[Place, Slot]
    refused: Mapping[Place, Refusal]
    taken: list[tuple[NewHold, Hold]] = field(default_factory=list)

    def take(self, asked: NewHold) -> HoldOutcome:
        """Give a place, or why there is none."""
        if asked.place in self.refused:
            return self.refused[asked.place]
        zone, slot = self.zones[asked.zone], self.slots[asked.place]
        if slot.free < 1:
            return full(slot)
        hold = asked.held_until(asked.made_at + timedelta(minutes=zone.hold_minutes))
        self.slots[asked.place] = slot.counted(HoldState.HELD, 1)
        self.taken.append((asked, hold))
        return hold


async def _open(tx: Transaction, asked: Iterable[NewHold], zones: Mapping[str, Zone]) -> _Sale:
    """Lock the windows that are asked for, or say why there is none."""
    now = {one.place: one.made_at for one in asked}
    capacities: dict[Place, int] = {}
    refused: dict[Place, Refusal] = {}
    for (name, starts_at), made_at in now.items():
        try:
            if name not in zones:
                raise no_such_zone()
            zone = zones[name]
            capacities[name, starts_at] = zone.capacity_at(starts_at)
            zone.check_in_time(starts_at, now=made_at)
        except Refusal as refusal:
            refused[name, starts_at] = refusal
    if not capacities:
        return _Sale(zones, {}, refused)
    return _Sale(zones, await lock_slots(tx, capacities, now=max(now.values())), refused)


async def _store(tx: Transaction, sale: _Sale) -> dict[tuple[str, str], KnownHold]:
    """Store what was taken; gives the holds of those keys that another zone was just asked with."""
    stored = await insert_holds(tx, sale.taken)
    lost = [one for one, _ in sale.taken if one.id not in stored]
    for one in lost:
        sale.slots[one.place] = sale.slots[one.place].counted(HoldState.HELD, -1)
    await save_slots(tx, sale.slots.values())
    return await holds_by_key(tx, {one.name for one in lost})


def _again(asked: NewHold, known: KnownHold) -> HoldOutcome:
    if known.answers(asked):
        return known.hold
    mend = "Use a new key for another place, or send the first request unchanged."
    field_ = FieldProblem("Idempotency-Key", "was used for another request", mend)
    return KeyReused(mend, fields=[field_])
