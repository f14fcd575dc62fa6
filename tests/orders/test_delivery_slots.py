"""Places in delivery windows: never one too many, whoever comes when."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from chassis.database import Database, unit_of_work
from chassis.purview import WHOLE_HOUSE
from orders.domain.zones import WindowTooSoon
from orders.events import ORDER, SLOT_HOLD
from orders.store.tables import delivery_slots, slot_holds
from orders.use_cases.sell_slots import book_hold, sweep_holds
from tests.orders.conftest import Place, Rows

AnOrder = Callable[[], Awaitable[str]]
ZONE: dict[str, Any] = {
    "country": "FR",
    "postcode_prefixes": ["75", "92"],
    "time_zone": "Europe/Paris",
    "lead_minutes": 60,
    "opening": [
        {"weekday": day, "starts": starts, "capacity": 3}
        for day in range(7)
        for starts in ("08:00", "10:00", "18:00")
    ],
}


@pytest.fixture
async def slots(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Give the windows of a zone, from the day after tomorrow on."""
    answer = await client.put("/v1/delivery-zones/paris", json=ZONE)
    assert answer.status_code == 200, answer.text
    day = datetime.now(UTC).date() + timedelta(days=2)
    return await windows(client, **{"from": day.isoformat()})


@pytest.fixture
def an_order(place: Place) -> AnOrder:
    """Place one more order, and give its id."""
    numbers = count(1)

    async def placed() -> str:
        return (await place(external_ref=f"slot-{next(numbers)}"))["order_id"]

    return placed


async def windows(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    told = {"country": "FR", "postcode": "75 002", **query}
    answer = await client.get("/v1/delivery-slots", params=told)
    assert answer.status_code == 200, answer.text
    return answer.json()["slots"]


async def hold(client: httpx.AsyncClient, slot: dict[str, Any], **headers: str) -> httpx.Response:
    body = {"zone": "paris", "starts_at": slot["starts_at"]}
    return await client.post("/v1/delivery-slots/holds", json=body, headers=headers)


async def do(
    client: httpx.AsyncClient, held: httpx.Response, what: str, **body: Any
) -> httpx.Response:
    return await client.post(f"/v1/delivery-slots/holds/{held.json()['hold_id']}/{what}", json=body)


async def expire(database: Database) -> None:
    async with unit_of_work(database) as tx:
        await tx.execute(text("UPDATE slot_holds SET expires_at = now() - interval '1 minute'"))


async def test_a_place_is_held_booked_and_counted(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], an_order: AnOrder
) -> None:
    order = await an_order()
    held = await hold(client, slots[0])
    booked = await do(client, held, "confirm", order_id=order)
    again = await do(client, held, "confirm", order_id=order)
    other = await do(client, held, "confirm", order_id=await an_order())

    assert (held.status_code, held.json()["state"]) == (201, "held")
    assert booked.json() == again.json()
    assert (booked.json()["state"], booked.json()["order_id"]) == ("booked", order)
    assert other.json()["type"] == "urn:carnet:problem:slot-hold-of-another-order"
    [first, *_] = await windows(client, **{"from": slots[0]["starts_at"][:10]})
    assert (first["capacity"], first["free"]) == (3, 2)


async def test_a_hundred_who_race_for_three_places_get_three(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], rows: Rows
) -> None:
    answers = await asyncio.gather(*(hold(client, slots[0]) for _ in range(100)))

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(201), statuses.count(409)) == (3, 97)
    [slot] = await rows(delivery_slots)
    assert (slot["held"], slot["booked"]) == (3, 0)


async def test_the_same_key_gets_the_same_place(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], rows: Rows
) -> None:
    answers = await asyncio.gather(
        *(hold(client, slots[0], **{"Idempotency-Key": "cart-7"}) for _ in range(10))
    )

    assert len({answer.json()["hold_id"] for answer in answers}) == 1
    assert len(await rows(slot_holds)) == 1


async def test_what_is_overdue_takes_no_place(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], database: Database, an_order: AnOrder
) -> None:
    late = [await hold(client, slots[0]) for _ in range(3)]
    assert (await hold(client, slots[0])).status_code == 409
    await expire(database)

    listed = await windows(client, **{"from": slots[0]["starts_at"][:10]})
    assert listed[0]["free"] == 3
    taken = [await hold(client, slots[0]) for _ in range(2)]
    booked = await do(client, late[0], "confirm", order_id=await an_order())
    full = await do(client, late[1], "confirm", order_id=await an_order())

    assert [one.status_code for one in taken] == [201, 201]
    assert booked.json()["state"] == "booked"
    assert full.json()["type"] == "urn:carnet:problem:window-full"


async def test_a_move_has_the_new_place_before_it_lets_the_old_one_go(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], rows: Rows
) -> None:
    for _ in range(3):
        await hold(client, slots[1])
    held = await hold(client, slots[0])
    full = await do(client, held, "move", starts_at=slots[1]["starts_at"])
    moved = await do(client, held, "move", starts_at=slots[2]["starts_at"])
    nowhere = await do(client, held, "move", starts_at="2027-01-01T03:00:00Z")

    assert (full.status_code, moved.json()["starts_at"]) == (409, slots[2]["starts_at"])
    assert nowhere.json()["type"] == "urn:carnet:problem:no-such-window"
    assert [row["held"] for row in await rows(delivery_slots)] == [0, 3, 1]


async def test_a_place_is_let_go_once(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], rows: Rows, an_order: AnOrder
) -> None:
    held = await hold(client, slots[0])
    let_go = [await do(client, held, "release") for _ in range(2)]
    after = await do(client, held, "confirm", order_id=await an_order())

    assert [one.json()["state"] for one in let_go] == ["released", "released"]
    assert after.json()["type"] == "urn:carnet:problem:slot-hold-let-go"
    [slot] = await rows(delivery_slots)
    assert slot["held"] == 0


async def test_a_smaller_window_keeps_what_is_taken_and_sells_no_more(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], rows: Rows, an_order: AnOrder
) -> None:
    held = [await hold(client, slots[0]) for _ in range(3)]
    small = ZONE | {"opening": [one | {"capacity": 1} for one in ZONE["opening"]]}
    await client.put("/v1/delivery-zones/paris", json=small)
    more = await hold(client, slots[0])
    booked = [await do(client, one, "confirm", order_id=await an_order()) for one in held]
    await client.delete("/v1/delivery-zones/paris")
    gone = await hold(client, slots[0])
    let_go = await do(client, held[0], "release")

    assert (more.status_code, gone.status_code) == (409, 404)
    assert [one.json()["state"] for one in booked] == ["booked"] * 3
    assert let_go.json()["state"] == "released"
    [slot] = await rows(delivery_slots)
    assert (slot["held"], slot["booked"]) == (0, 2)


async def test_a_window_that_has_begun_is_booked_no_more(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], database: Database, an_order: AnOrder
) -> None:
    held = await hold(client, slots[0])
    hold_id = SLOT_HOLD.read(held.json()["hold_id"])
    begun = datetime.fromisoformat(slots[0]["starts_at"]) + timedelta(minutes=1)

    with pytest.raises(WindowTooSoon):
        await book_hold(
            database, hold_id, ORDER.read(await an_order()), purview=WHOLE_HOUSE, now=begun
        )


async def test_the_worker_lets_go_of_what_is_overdue(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], database: Database, rows: Rows
) -> None:
    held = await hold(client, slots[0])
    await expire(database)
    shown = await client.get(f"/v1/delivery-slots/holds/{held.json()['hold_id']}")

    swept = [await sweep_holds(database, now=datetime.now(UTC)) for _ in range(2)]

    assert (shown.json()["state"], swept) == ("expired", [1, 0])
    assert [row["state"] for row in await rows(slot_holds)] == ["expired"]


async def test_the_closest_zone_delivers_and_a_postcode_of_none_is_told(
    client: httpx.AsyncClient, slots: list[dict[str, Any]]
) -> None:
    await client.put("/v1/delivery-zones/centre", json=ZONE | {"postcode_prefixes": ["75002"]})

    closest = await windows(client)
    elsewhere = await windows(client, postcode="75020")
    nowhere = await client.get("/v1/delivery-slots", params={"country": "FR", "postcode": "13001"})

    assert slots
    assert {one["zone"] for one in closest} == {"centre"}
    assert {one["zone"] for one in elsewhere} == {"paris"}
    assert nowhere.json()["type"] == "urn:carnet:problem:not-delivered-there"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time_zone": "Paris"}, "time_zone"),
        ({"opening": []}, "opening"),
        ({"postcode_prefixes": ["7 5"]}, "postcode_prefixes.0"),
        ({"opening": [{"weekday": 7, "starts": "08:00", "capacity": 1}]}, "opening.0.weekday"),
        ({"opening": [ZONE["opening"][0], ZONE["opening"][0]]}, "body"),
    ],
)
async def test_a_zone_that_cannot_be_names_its_field(
    client: httpx.AsyncClient, changed: dict[str, Any], field: str
) -> None:
    answer = await client.put("/v1/delivery-zones/paris", json=ZONE | changed)

    assert answer.status_code == 422
    assert field in {one["field"] for one in answer.json()["errors"]}


async def test_windows_that_begin_too_soon_are_not_sold(
    client: httpx.AsyncClient, slots: list[dict[str, Any]]
) -> None:
    await client.put("/v1/delivery-zones/paris", json=ZONE | {"lead_minutes": 10_000})

    assert (await hold(client, slots[0])).json()["type"] == "urn:carnet:problem:window-too-soon"
    assert await windows(client, days=1) == []
