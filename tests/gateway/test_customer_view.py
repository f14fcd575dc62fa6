"""The 360 view: all parts at once, in time, and honest about what is missing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
import pytest

from chassis.global_ids import new_global_id, show_global_id
from tests.gateway.conftest import House, OpenHouse
from tests.gateway.part import Answer, Request, answering, never, writing

STORED_ID = new_global_id()
ID = show_global_id(STORED_ID)
RECORD = b'{"customer_id":"%b", "retired_id":null,"full_name":"A"}' % ID.encode()
DECLARED = answering(200, b'{"items":[{"name":"income-band"}]}')
TOUCHES = answering(200, b'{"items":[{"channel":"phone"}]}')
PARTS = {
    "customer": "customer",
    "attributes": "customer",
    "interactions": "customer",
    "purchases": "orders",
    "complaints": "complaints",
    "indicators": "segmentation",
}


def said_of_the_customer(
    *,
    record: Answer,
    attributes: Answer = DECLARED,
    interactions: Answer = TOUCHES,
) -> Answer:
    """Answer for the customer's record, what it declared and how it was met."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        chosen = record
        if "/attributes" in request.target:
            chosen = attributes
        elif "/interactions" in request.target:
            chosen = interactions
        await chosen(request, writer)

    return answer


def furnish(house: House) -> None:
    """Let every part know the customer."""
    house.customer.answer = said_of_the_customer(record=answering(200, RECORD))
    house.orders.answer = answering(200, b'{"totals": [{"net_minor":12345678901234567890}]}')
    house.complaints.answer = answering(200, b'{"items":[], "next_cursor":null}')
    house.segmentation.answer = answering(200, b'{"segment":"champions"}')


async def view(house: House, customer_id: str = ID, **headers: str) -> Any:
    return await house.client.get(f"/v1/customers/{customer_id}/360", headers=headers)


async def test_the_view_joins_what_every_part_says_unchanged(house: House) -> None:
    furnish(house)

    answer = await view(house)

    assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"]
    assert answer.json() == {
        "customer_id": ID,
        "retired_id": None,
        "customer": {"customer_id": ID, "retired_id": None, "full_name": "A"},
        "attributes": {"items": [{"name": "income-band"}]},
        "interactions": {"items": [{"channel": "phone"}]},
        "purchases": {"totals": [{"net_minor": 12345678901234567890}]},
        "complaints": {"items": [], "next_cursor": None},
        "indicators": {"segment": "champions"},
        "missing": [],
    }
    assert sorted(request.target for request in house.customer.requests) == [
        f"/v1/customers/{ID}",
        f"/v1/customers/{ID}/attributes?history=false",
        f"/v1/customers/{ID}/interactions?limit=10",
    ]
    assert house.orders.only_request.target == f"/v1/customers/{ID}/purchases"
    assert house.complaints.only_request.target == f"/v1/complaints?customer_id={ID}"
    assert house.segmentation.only_request.target == f"/v1/customers/{ID}/indicators"
    traces = {
        request.header("traceparent")
        for part in (house.customer, house.orders, house.complaints, house.segmentation)
        for request in part.requests
    }
    assert len(traces) == 1


async def test_every_part_is_told_who_reads_and_why(house: House) -> None:
    furnish(house)

    await view(house, **{"X-Actor": "advisor-7", "X-Purpose": "call"})

    for part in (house.customer, house.orders, house.complaints, house.segmentation):
        for request in part.requests:
            assert request.header("x-actor") == "advisor-7"
            assert request.header("x-purpose") == "call"


async def test_an_id_is_read_as_people_type_it(house: House) -> None:
    furnish(house)

    answer = await view(house, STORED_ID.lower())

    assert answer.status_code == 200
    assert house.orders.only_request.target == f"/v1/customers/{ID}/purchases"


async def test_an_id_with_a_wrong_check_character_is_refused_before_any_part_is_asked(
    house: House,
) -> None:
    wrong = STORED_ID[:-1] + ("0" if STORED_ID[-1] != "0" else "1")

    answer = await view(house, wrong)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "customer_id"
    assert house.customer.requests == []


async def test_a_retired_id_shows_its_survivor(house: House) -> None:
    furnish(house)
    survivor = show_global_id(new_global_id())
    record = answering(200, orjson.dumps({"customer_id": survivor, "retired_id": ID}))
    house.customer.answer = said_of_the_customer(record=record)

    answer = await view(house)

    assert (answer.json()["customer_id"], answer.json()["retired_id"]) == (survivor, ID)


async def test_a_customer_that_nobody_knows_is_a_404_problem(house: House) -> None:
    furnish(house)
    house.customer.answer = answering(404, b"{}", content_type="application/problem+json")

    answer = await view(house)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:carnet:problem:customer-not-found"


@pytest.mark.parametrize("part", sorted(set(PARTS.values())))
async def test_a_part_that_is_down_is_missing_and_the_rest_is_there(
    house: House, part: str
) -> None:
    furnish(house)
    await getattr(house, part).stop()

    answer = await view(house)

    assert answer.status_code == 200
    assert answer.json()["customer_id"] == ID
    down = [field for field in PARTS if PARTS[field] == part]
    assert answer.json()["missing"] == [
        {"part": part, "field": field, "reason": "down"} for field in down
    ]
    assert [field for field in PARTS if answer.json()[field] is None] == down


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "unknown-there"), (500, "failed"), (503, "failed")]
)
async def test_a_part_that_answers_otherwise_is_missing_with_the_reason(
    house: House, status: int, reason: str
) -> None:
    furnish(house)
    house.segmentation.answer = answering(status, b"{}")

    answer = await view(house)

    assert answer.json()["missing"] == [
        {"part": "segmentation", "field": "indicators", "reason": reason}
    ]


async def test_what_the_reading_policy_withholds_is_missing_and_said_to_be_withheld(
    house: House,
) -> None:
    furnish(house)
    house.customer.answer = said_of_the_customer(
        record=answering(200, RECORD), attributes=answering(403, b"{}")
    )

    answer = await view(house)

    assert answer.json()["attributes"] is None
    assert answer.json()["interactions"] is not None
    assert answer.json()["missing"] == [
        {"part": "customer", "field": "attributes", "reason": "withheld"}
    ]


async def test_the_view_is_answered_in_time_without_the_slow(open_house: OpenHouse) -> None:
    house = await open_house(view_seconds=0.2)
    furnish(house)
    house.orders.answer = never
    house.complaints.answer = writing(
        b"HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n{", pause_seconds=5
    )
    began = time.monotonic()

    answer = await view(house)

    assert time.monotonic() - began < 1
    assert answer.json()["missing"] == [
        {"part": "orders", "field": "purchases", "reason": "slow"},
        {"part": "complaints", "field": "complaints", "reason": "slow"},
    ]
    await asyncio.wait_for(house.orders.lost.wait(), 2)


async def test_the_parts_are_asked_at_the_same_time(house: House) -> None:
    furnish(house)
    everybody_asked = asyncio.Barrier(len(PARTS))

    async def together(_request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.wait_for(everybody_asked.wait(), 5)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    for part in (house.customer, house.orders, house.complaints, house.segmentation):
        part.answer = together

    answer = await view(house)

    assert answer.json()["missing"] == []


async def test_what_the_key_may_not_read_is_missing_and_not_asked_for(house: House) -> None:
    furnish(house)
    key = await house.new_key("customers:read", "segments:read")

    answer = await view(house, **{"X-API-Key": key})

    assert answer.status_code == 200
    assert answer.json()["missing"] == [
        {"part": "orders", "field": "purchases", "reason": "scope-missing"},
        {"part": "complaints", "field": "complaints", "reason": "scope-missing"},
    ]
    assert house.orders.requests == house.complaints.requests == []


async def test_of_whom_the_client_may_read_nothing_no_part_is_shown(house: House) -> None:
    furnish(house)
    problem = b'{"type":"urn:carnet:problem:transfer-not-allowed","status":403}'
    house.customer.answer = answering(403, problem, content_type="application/problem+json")

    answer = await view(house)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:carnet:problem:transfer-not-allowed"
    assert "champions" not in answer.text


async def test_what_the_reading_policy_withholds_is_missing_although_its_part_answers(
    house: House,
) -> None:
    furnish(house)
    record = {"customer_id": ID, "retired_id": None, "withheld": ["emails", "purchases"]}
    house.customer.answer = answering(200, orjson.dumps(record))

    answer = await view(house)

    assert answer.json()["purchases"] is None
    assert answer.json()["missing"] == [
        {"part": "orders", "field": "purchases", "reason": "withheld"}
    ]
    assert answer.json()["indicators"] == {"segment": "champions"}


async def test_a_key_that_may_read_none_of_it_is_refused(house: House) -> None:
    key = await house.new_key("orders:write")

    answer = await view(house, **{"X-API-Key": key})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:carnet:problem:missing-scope"


async def test_the_view_needs_a_key(house: House) -> None:
    answer = await house.stranger.get(f"/v1/customers/{ID}/360")

    assert answer.status_code == 401
