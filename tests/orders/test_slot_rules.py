"""What a window and a place may be: no two at one time, no promise taken back, nothing hidden."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.database import Database
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import WHOLE_HOUSE, Purview
from orders.domain.slots import OrderHasAPlace, WindowBegun
from orders.domain.zones import WINDOW, Opening, Zone, windows_overlap
from orders.events import ORDER, SLOT_HOLD
from orders.store.tables import delivery_slots, slot_holds
from orders.use_cases.keep_zones import put_zone
from orders.use_cases.sell_slots import book_hold, move_hold, release_hold
from tests.orders.conftest import OUTBOX, Place, Rows
from tests.orders.test_delivery_slots import (
    ZONE,
    AnOrder,
    an_order,
    do,
    hold,
    slots,
    windows,
)

__all__ = ["an_order", "slots"]  # fixtures

CLOCKS = ["Europe/Paris", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]
THREE_A_DAY = tuple(Opening(day, time(hour), 1) for day in range(7) for hour in (1, 3, 23))


def a_zone(time_zone: str, opening: tuple[Opening, ...]) -> Zone:
    return Zone(
        name="z",
        country="FR",
        postcode_prefixes=("13",),
        time_zone=time_zone,
        lead_minutes=0,
        hold_minutes=15,
        opening=opening,
    )


def begins(zone: Zone, first: date, days: int) -> list[str]:
    return [at.isoformat(timespec="minutes")[:16] for at, _ in zone.windows(first, days)]


def test_windows_follow_the_local_clock() -> None:
    opening = (Opening(6, time(2, 30), 1), Opening(6, time(10), 1), Opening(0, time(10), 1))
    zone = a_zone("Europe/Paris", opening)

    assert begins(zone, date(2026, 3, 29), 2) == ["2026-03-29T08:00", "2026-03-30T08:00"]
    assert begins(zone, date(2026, 10, 25), 2) == [
        "2026-10-25T00:30",
        "2026-10-25T09:00",
        "2026-10-26T09:00",
    ]


def test_a_window_that_the_clock_brings_into_the_one_before_is_not_sold() -> None:
    zone = a_zone("Europe/Paris", THREE_A_DAY)

    assert begins(zone, date(2026, 3, 29), 1) == ["2026-03-29T00:00", "2026-03-29T21:00"]
    assert begins(zone, date(2026, 3, 30), 1)[:2] == ["2026-03-29T23:00", "2026-03-30T01:00"]


@given(
    st.sampled_from(CLOCKS),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.lists(st.builds(Opening, st.integers(0, 6), st.times(), st.just(1)), min_size=1, max_size=9),
)
def test_no_two_windows_of_a_zone_share_a_moment(
    clock: str, first: date, opening: list[Opening]
) -> None:
    if windows_overlap(opening):
        return
    zone = a_zone(clock, tuple(opening))
    found = [at for at, _ in zone.windows(first, 400)]

    assert all(later - one >= WINDOW for one, later in itertools.pairwise(found))
    assert all(zone.capacity_at(at) == 1 for at in found[:20])
    day_by_day = [
        at for number in range(20) for at, _ in zone.windows(first + timedelta(number), 1)
    ]
    assert day_by_day == found[: len(day_by_day)]


@pytest.mark.parametrize(
    ("opening", "field"),
    [
        ([(6, "23:00"), (0, "00:30")], "body"),
        ([(1, "23:30"), (2, "01:00")], "body"),
        ([(1, "08:00"), (1, "09:59")], "body"),
        ([(1, "08:00+02:00")], "opening.0.starts"),
    ],
    ids=["over Sunday", "over midnight", "by a minute", "with an offset"],
)
async def test_windows_that_overlap_are_refused(
    client: httpx.AsyncClient, opening: list[tuple[int, str]], field: str
) -> None:
    told = [{"weekday": day, "starts": starts, "capacity": 1} for day, starts in opening]

    answer = await client.put("/v1/delivery-zones/paris", json=ZONE | {"opening": told})

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_a_key_that_comes_with_another_window_is_refused(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], rows: Rows
) -> None:
    key = {"Idempotency-Key": "cart-7"}
    first = await hold(client, slots[0], **key)
    other = await hold(client, slots[1], **key)
    await do(client, first, "move", starts_at=slots[2]["starts_at"])

    again = await hold(client, slots[0], **key)
    to_where_it_is = await hold(client, slots[2], **key)

    assert other.json()["type"] == "urn:carnet:problem:idempotency-key-reused"
    assert (again.status_code, again.json()["hold_id"]) == (201, first.json()["hold_id"])
    assert again.json()["starts_at"] == slots[2]["starts_at"]
    assert to_where_it_is.status_code == 422
    assert len(await rows(slot_holds)) == 1


async def test_a_window_made_smaller_shows_what_is_taken_and_what_is_offered(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], an_order: AnOrder
) -> None:
    held = [await hold(client, slots[0]) for _ in range(3)]
    await do(client, held[0], "confirm", order_id=await an_order())
    small = ZONE | {"opening": [one | {"capacity": 1} for one in ZONE["opening"]]}
    await client.put("/v1/delivery-zones/paris", json=small)

    more = await hold(client, slots[0])
    [first, *_] = await windows(client, **{"from": slots[0]["starts_at"][:10]})

    assert more.json()["type"] == "urn:carnet:problem:window-full"
    assert [first[name] for name in ("capacity", "held", "booked", "free")] == [1, 2, 1, 0]


async def test_a_zone_that_another_process_changed_counts_for_the_next_place(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], database: Database
) -> None:
    assert (await hold(client, slots[0])).status_code == 201
    opening = tuple(Opening(day, time(14), 1) for day in range(7))
    await put_zone(
        database, a_zone("UTC", opening), now=datetime.now(UTC)
    )  # as another process would: not through this one's API
    added = {"zone": "z", "starts_at": f"{slots[-1]['starts_at'][:10]}T14:00:00Z"}

    found = await client.post("/v1/delivery-slots/holds", json=added)

    assert found.status_code == 201


async def test_a_place_is_held_by_postcode(
    client: httpx.AsyncClient, slots: list[dict[str, Any]]
) -> None:
    where = {"country": "FR", "postcode": "75 002"}
    url, starts = "/v1/delivery-slots/holds", {"starts_at": slots[0]["starts_at"]}

    held = await client.post(url, json=starts | where)
    nowhere = await client.post(url, json=starts | where | {"postcode": "13001"})
    both = await client.post(url, json=starts | where | {"zone": "paris"})
    half = await client.post(url, json=starts | {"country": "FR"})

    assert (held.status_code, held.json()["zone"]) == (201, "paris")
    assert nowhere.json()["type"] == "urn:carnet:problem:not-delivered-there"
    assert (both.status_code, half.status_code) == (422, 422)


async def test_an_order_has_one_place_to_come(
    client: httpx.AsyncClient,
    slots: list[dict[str, Any]],
    an_order: AnOrder,
    database: Database,
) -> None:
    order = await an_order()
    first, second = [await hold(client, one) for one in (slots[0], slots[8])]
    await do(client, first, "confirm", order_id=order)
    refused = await do(client, second, "confirm", order_id=order)
    over = datetime.fromisoformat(slots[0]["ends_at"])

    assert refused.json()["type"] == "urn:carnet:problem:order-has-a-place"
    with pytest.raises(OrderHasAPlace):
        await book(database, second, order, at=over - timedelta(minutes=1))
    await book(database, second, order, at=over)


async def book(database: Database, held: httpx.Response, order: str, *, at: datetime) -> None:
    hold_id = SLOT_HOLD.read(held.json()["hold_id"])
    await book_hold(database, hold_id, ORDER.read(order), purview=WHOLE_HOUSE, now=at)


async def test_what_was_promised_stays_once_its_window_has_begun(
    client: httpx.AsyncClient,
    slots: list[dict[str, Any]],
    an_order: AnOrder,
    database: Database,
) -> None:
    held = await hold(client, slots[0])
    await do(client, held, "confirm", order_id=await an_order())
    hold_id = SLOT_HOLD.read(held.json()["hold_id"])
    begun = datetime.fromisoformat(slots[0]["starts_at"])
    later = datetime.fromisoformat(slots[8]["starts_at"])

    with pytest.raises(WindowBegun):
        await move_hold(database, hold_id, later, now=begun)
    with pytest.raises(WindowBegun):
        await release_hold(database, hold_id, now=begun)


async def test_a_cancelled_order_lets_its_place_go(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], an_order: AnOrder, rows: Rows
) -> None:
    order = await an_order()
    first, second = [await hold(client, slots[0]) for _ in range(2)]
    await do(client, first, "confirm", order_id=order)
    await client.post(f"/v1/orders/{order}/cancel", json={"reason": "late"})

    after = await do(client, second, "confirm", order_id=order)
    unknown = await do(client, second, "confirm", order_id=ORDER.show(SLOT_HOLD.new()))

    assert after.json()["type"] == "urn:carnet:problem:order-already-cancelled"
    assert unknown.json()["type"] == "urn:carnet:problem:order-not-found"
    states = {SLOT_HOLD.show(row["id"]): row["state"] for row in await rows(slot_holds)}
    assert [states[one.json()["hold_id"]] for one in (first, second)] == ["released", "held"]
    [slot] = await rows(delivery_slots)
    assert (slot["held"], slot["booked"]) == (1, 0)
    told = [row["type"] for row in await rows(OUTBOX) if row["type"].startswith("slot.")]
    assert told == ["slot.confirmed.v1", "slot.released.v1"]


async def test_only_booked_places_are_announced(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], an_order: AnOrder, rows: Rows
) -> None:
    held = await hold(client, slots[0])
    await do(client, held, "move", starts_at=slots[1]["starts_at"])
    await do(client, await hold(client, slots[0]), "release")
    order = await an_order()
    await do(client, held, "confirm", order_id=order)
    await do(client, held, "move", starts_at=slots[2]["starts_at"])
    await do(client, held, "release")

    told = [row for row in await rows(OUTBOX) if row["type"].startswith("slot.")]

    assert [(row["type"], row["sequence"]) for row in told] == [
        ("slot.confirmed.v1", 3),
        ("slot.moved.v1", 4),
        ("slot.released.v1", 5),
    ]
    assert {row["aggregateid"] for row in told} == {held.json()["hold_id"]}
    assert told[1]["payload"] == {
        "hold_id": held.json()["hold_id"],
        "order_id": order,
        "zone": "paris",
        "starts_at": slots[2]["starts_at"],
        "ends_at": slots[2]["ends_at"],
        "moved_from": slots[1]["starts_at"],
    }


async def test_a_place_of_an_order_in_a_closed_region_is_closed(
    client: httpx.AsyncClient,
    slots: list[dict[str, Any]],
    place: Place,
    principal_keys: tuple[str, str],
) -> None:
    order = await place(home_region="JP")
    held, other = [await hold(client, slots[0]) for _ in range(2)]
    await do(client, held, "confirm", order_id=order["order_id"])
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"orders:read", "orders:write"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(paris)}
    url = "/v1/delivery-slots/holds"
    mine, theirs = other.json()["hold_id"], held.json()["hold_id"]

    answers = [
        await client.get(f"{url}/{theirs}", headers=headers),
        await client.post(f"{url}/{theirs}/release", headers=headers),
        await client.post(
            f"{url}/{mine}/confirm", headers=headers, json={"order_id": order["order_id"]}
        ),
    ]

    assert {one.json()["type"] for one in answers} == {"urn:carnet:problem:home-region-closed"}


async def test_days_that_no_calendar_has_are_refused(
    client: httpx.AsyncClient, slots: list[dict[str, Any]]
) -> None:
    where = {"country": "FR", "postcode": "75002"}
    first = await client.get("/v1/delivery-slots", params=where | {"from": "0001-01-01"})
    last = await client.get("/v1/delivery-slots", params=where | {"from": "9999-12-31"})
    held = await hold(client, {"starts_at": "0001-01-01T00:00:00+14:00"})

    assert slots
    assert [one.status_code for one in (first, last, held)] == [422, 422, 422]
