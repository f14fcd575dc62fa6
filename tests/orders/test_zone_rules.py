"""What a zone may be and which places it sells: no prefix twice, no place in another century."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.orders.conftest import Place
from tests.orders.test_delivery_slots import ZONE, do, hold, slots, windows

__all__ = ["slots"]  # a fixture

ONE_OPENING = {"weekday": 0, "starts": "08:00", "capacity": 1}


async def write(client: httpx.AsyncClient, name: str, **changes: Any) -> httpx.Response:
    return await client.put(f"/v1/delivery-zones/{name}", json=ZONE | changes)


async def test_two_zones_of_a_country_never_have_the_same_prefix(client: httpx.AsyncClient) -> None:
    first = await write(client, "paris")
    taken = await write(client, "west", postcode_prefixes=["78", "92"])
    longer = await write(client, "west", postcode_prefixes=["78", "921"])
    abroad = await write(client, "ghent", country="BE", postcode_prefixes=["92"])
    again = await write(client, "paris", lead_minutes=90)

    assert [one.status_code for one in (first, taken, longer, abroad, again)] == [
        200,
        409,
        200,
        200,
        200,
    ]
    assert taken.json()["type"] == "urn:carnet:problem:postcode-prefix-taken"
    [problem] = taken.json()["errors"]
    assert problem["field"] == "postcode_prefixes.1"
    assert "paris" in problem["mend"]


async def test_of_zones_written_together_one_gets_the_prefix(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(write(client, f"zone-{number}") for number in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekday": True}, "opening.0.weekday"),
        ({"weekday": 1.0}, "opening.0.weekday"),
        ({"starts": "08:00:30.5"}, "opening.0.starts"),
        ({"starts": "08:00:30"}, "opening.0.starts"),
        ({"starts": "08:00+02:00"}, "opening.0.starts"),
        ({"starts": "24:00"}, "opening.0.starts"),
        ({"starts": 28_800}, "opening.0.starts"),
    ],
)
async def test_an_opening_is_a_weekday_and_a_whole_minute(
    client: httpx.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    answer = await write(client, "paris", opening=[ONE_OPENING | changes])
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    if not isinstance(changes.get("starts"), str) and "starts" in changes:
        assert "08:00" in answer.json()["errors"][0]["mend"]


@pytest.mark.parametrize("name", ["lead_minutes", "hold_minutes"])
async def test_minutes_are_numbers(client: httpx.AsyncClient, name: str) -> None:
    answer = await write(client, "paris", **{name: True})
    assert [one["field"] for one in answer.json()["errors"]] == [name]


async def test_a_zone_as_it_is_read_may_be_written_again(client: httpx.AsyncClient) -> None:
    read = (await write(client, "paris")).json()
    again = await write(client, "paris", opening=read["opening"])
    assert again.json() == read


async def test_a_place_is_sold_a_year_ahead_and_no_further(
    client: httpx.AsyncClient, slots: list[dict[str, Any]]
) -> None:
    far = {"starts_at": "2099-01-05T09:00:00Z"}
    held = await hold(client, slots[0])

    refused, moved = await hold(client, far), await do(client, held, "move", **far)

    assert [one.json()["type"] for one in (refused, moved)] == [
        "urn:carnet:problem:window-too-far"
    ] * 2
    assert (await windows(client, **{"from": "2099-01-05"})) == []
    edge = datetime.now(UTC).date() + timedelta(days=365)
    [offered, *_] = await windows(client, **{"from": edge.isoformat()})
    assert (await hold(client, offered)).status_code == 201


async def test_no_place_is_booked_for_what_was_taken_away(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], place: Place
) -> None:
    order = await place(taken_away=True)
    answer = await do(client, await hold(client, slots[0]), "confirm", order_id=order["order_id"])
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:carnet:problem:order-already-closed"
    assert "Let the place go" in answer.json()["detail"]


async def test_a_hold_that_is_given_again_says_so(
    client: httpx.AsyncClient, slots: list[dict[str, Any]]
) -> None:
    key = {"Idempotency-Key": "cart-8"}
    first, again = await hold(client, slots[0], **key), await hold(client, slots[0], **key)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
