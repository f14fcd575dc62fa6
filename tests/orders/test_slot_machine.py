"""Any sequence of deeds on places ends as a plain model says: never oversold, counted right."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database, unit_of_work
from chassis.errors import Refusal
from chassis.ids import new_uuid
from chassis.purview import WHOLE_HOUSE
from orders.domain.slots import Hold, HoldState, NewHold
from orders.domain.zones import WINDOW, Opening, Zone
from orders.events import ORDER
from orders.store.tables import delivery_slots, slot_holds
from orders.use_cases.hold_slots import hold_slots
from orders.use_cases.keep_zones import end_zone, put_zone
from orders.use_cases.sell_slots import book_hold, move_hold, release_hold, sweep_holds
from tests.orders.conftest import Place, Rows

FORGET = "TRUNCATE slot_holds, delivery_slots, delivery_zones, outbox"
START = datetime(2026, 6, 1, tzinfo=UTC)
HOURS = (8, 10, 12)
WINDOWS = [START + timedelta(days=day, hours=hour) for day in (0, 1) for hour in HOURS]
HELD_FOR = timedelta(minutes=30)
ORDERS = 4
SHARED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def a_zone(capacities: dict[int, int]) -> Zone:
    return Zone(
        name="z",
        country="FR",
        postcode_prefixes=("75",),
        time_zone="UTC",
        lead_minutes=0,
        hold_minutes=30,
        opening=tuple(
            Opening(day, time(hour), capacity)
            for day in range(7)
            for hour, capacity in capacities.items()
        ),
    )


@dataclass
class Model:
    """What the places should be, in the simplest words."""

    orders: list[UUID]
    now: datetime = START - timedelta(hours=20)
    capacities: dict[int, int] | None = None
    holds: dict[UUID, Hold] = field(default_factory=dict[UUID, Hold])

    def state(self, hold: Hold) -> HoldState:
        return HoldState.EXPIRED if hold.is_overdue(self.now) else hold.state

    def free(self, at: datetime) -> int:
        taken = [
            hold
            for hold in self.holds.values()
            if hold.starts_at == at and self.state(hold) in {"held", "booked"}
        ]
        return (self.capacities or {}).get(at.hour, 0) - len(taken)

    def hold(self, at: datetime) -> str:
        if self.capacities is None:
            return "delivery-zone-not-found"
        return self._sold(at) or ("held" if self.free(at) > 0 else "window-full")

    def book(self, hold: Hold, order: UUID) -> str:
        state = self.state(hold)
        if state is HoldState.BOOKED:
            return "booked" if hold.order_id == order else "slot-hold-of-another-order"
        if state is HoldState.RELEASED:
            return "slot-hold-let-go"
        if hold.starts_at <= self.now:
            return "window-too-soon"
        if state is HoldState.EXPIRED and self.free(hold.starts_at) < 1:
            return "window-full"
        others = [
            other
            for other in self.holds.values()
            if (other.state, other.order_id) == (HoldState.BOOKED, order)
            and other.starts_at + WINDOW > self.now
        ]
        return "order-has-a-place" if others else "booked"

    def move(self, hold: Hold, at: datetime) -> str:
        state = self.state(hold)
        if state not in {"held", "booked"}:
            return "slot-hold-let-go"
        if hold.starts_at == at:
            return state
        if state is HoldState.BOOKED and hold.starts_at <= self.now:
            return "window-begun"
        if self.capacities is None:
            return "delivery-zone-not-found"
        return self._sold(at) or (state if self.free(at) > 0 else "window-full")

    def release(self, hold: Hold) -> str:
        state = self.state(hold)
        if state is HoldState.BOOKED and hold.starts_at <= self.now:
            return "window-begun"
        return "released" if state in {"held", "booked"} else state

    def _sold(self, at: datetime) -> str | None:
        if at.hour not in (self.capacities or {}):
            return "no-such-window"
        return "window-too-soon" if at < self.now else None


@pytest.fixture
async def orders(place: Place) -> list[UUID]:
    placed = [await place(external_ref=f"slot-{number}") for number in range(ORDERS)]
    return [ORDER.read(order["order_id"]) for order in placed]


def asked(at: datetime, now: datetime) -> NewHold:
    id_ = new_uuid()
    return NewHold(
        id=id_,
        client_id="c",
        key=str(id_),
        request_hash=b"",
        zone="z",
        starts_at=at,
        made_at=now,
    )


async def outcome(deed: Any) -> str:
    """Say what came of a deed: the state of its hold, or the refusal's name."""
    try:
        done = await deed
    except Refusal as refusal:
        done = refusal
    return done.state if isinstance(done, Hold) else done.slug


async def one_hold(database: Database, new: NewHold) -> Hold | Refusal:
    return (await hold_slots(database, [new]))[0]


async def step(database: Database, model: Model, draw: Callable[..., Any]) -> None:
    """Do one deed to the service and to the model, and compare."""
    what = draw(st.sampled_from(["hold", "hold", "book", "move", "release", "wait", "zone"]))
    at = draw(st.sampled_from(WINDOWS))
    known = draw(st.sampled_from(sorted(model.holds))) if model.holds else None
    if what == "wait":
        model.now += draw(st.sampled_from([timedelta(minutes=20), timedelta(hours=7)]))
        await sweep_holds(database, now=model.now)
    elif what == "zone":
        sizes = st.dictionaries(st.sampled_from(HOURS), st.integers(0, 3), min_size=1)
        model.capacities = draw(st.none() | sizes)
        if model.capacities is None:
            await end_zone(database, "z")
        else:
            await put_zone(database, a_zone(model.capacities), now=model.now)
    elif what == "hold" or known is None:
        new, expected = asked(at, model.now), model.hold(at)
        assert await outcome(one_hold(database, new)) == expected
        if expected == "held":
            model.holds[new.id] = new.held_until(model.now + HELD_FOR)
    else:
        await change(database, model, known, what, at, draw(st.sampled_from(model.orders)))


async def change(
    database: Database, model: Model, known: UUID, what: str, at: datetime, order: UUID
) -> None:
    hold, now = model.holds[known], model.now
    if what == "book":
        expected, after = model.book(hold, order), replace(hold, order_id=order)
        deed = book_hold(database, known, order, purview=WHOLE_HOUSE, now=now)
    elif what == "move":
        expected, after = model.move(hold, at), replace(hold, starts_at=at)
        deed = move_hold(database, known, at, now=now)
    else:
        expected, after = model.release(hold), hold
        deed = release_hold(database, known, now=now)
    assert await outcome(deed) == expected
    if expected in set(HoldState):
        model.holds[known] = replace(after, state=HoldState(expected))


async def rows_agree(rows: Rows, model: Model | None) -> None:
    """Compare counters with holds, and holds with the model."""
    counted: dict[datetime, list[int]] = {}
    found = await rows(slot_holds)
    for row in found:
        place = counted.setdefault(row["starts_at"], [0, 0])
        place[0] += row["state"] == "held"
        place[1] += row["state"] == "booked"
    for slot in await rows(delivery_slots):
        assert [slot["held"], slot["booked"]] == counted.get(slot["starts_at"], [0, 0])
        assert slot["held"] + slot["booked"] <= slot["capacity"]
    if model is not None:
        for row in found:
            hold = model.holds[row["id"]]
            assert (row["starts_at"], row["order_id"]) == (hold.starts_at, hold.order_id)
            assert row["state"] in {hold.state, model.state(hold)}


@pytest.mark.slow
@SHARED
@given(st.data())
async def test_places_are_what_the_model_says_after_any_deeds(
    database: Database, orders: list[UUID], rows: Rows, data: st.DataObject
) -> None:
    async with unit_of_work(database) as tx:
        await tx.execute(text(FORGET))
    model = Model(orders, capacities={8: 2, 10: 1, 12: 0})
    await put_zone(database, a_zone({8: 2, 10: 1, 12: 0}), now=model.now)
    for _ in range(data.draw(st.integers(5, 40))):
        await step(database, model, data.draw)
    await rows_agree(rows, model)


_ANY = st.integers(0, 23)
"""Drawn whether there are holds or not: how many there are is the outcome of a race."""


def one_of(held: list[UUID], number: int) -> UUID | None:
    return sorted(held)[number % len(held)] if held else None


@pytest.mark.slow
@SHARED
@given(st.data())
async def test_deeds_at_the_same_moment_never_sell_a_place_twice(
    database: Database, orders: list[UUID], rows: Rows, data: st.DataObject
) -> None:
    async with unit_of_work(database) as tx:
        await tx.execute(text(FORGET))
    now, places = START - timedelta(hours=9), st.sampled_from(WINDOWS)
    await put_zone(database, a_zone({8: 2, 10: 1, 12: 3}), now=now)
    held: list[UUID] = []

    async def deed(what: str, at: datetime, known: UUID | None, order: UUID) -> None:
        if what == "hold" or known is None:
            done = await one_hold(database, asked(at, now))
            held.extend([done.id] if isinstance(done, Hold) else [])
        elif what == "book":
            await outcome(book_hold(database, known, order, purview=WHOLE_HOUSE, now=now))
        elif what == "move":
            await outcome(move_hold(database, known, at, now=now))
        elif what == "release":
            await outcome(release_hold(database, known, now=now))
        else:
            await sweep_holds(database, now=now)

    for _ in range(3):
        deeds = [
            deed(
                data.draw(st.sampled_from(["hold", "hold", "book", "move", "release", "sweep"])),
                data.draw(places),
                one_of(held, data.draw(_ANY)),
                data.draw(st.sampled_from(orders)),
            )
            for _ in range(8)
        ]
        await asyncio.gather(*deeds)
        now += data.draw(st.sampled_from([timedelta(0), timedelta(minutes=31)]))
        await rows_agree(rows, None)
    for slot in await rows(delivery_slots):
        assert slot["held"] + slot["booked"] <= {8: 2, 10: 1, 12: 3}[slot["starts_at"].hour]
