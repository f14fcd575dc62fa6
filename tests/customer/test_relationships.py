"""Relationships: told once, never senseless, read from either side, and nobody is merged."""

import asyncio
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from customer.domain.relationships import RULES, RelationshipType
from tests.customer.conftest import House

NOBODY = "7K3M-92QX-F4TF"
TODAY = date.today()  # noqa: DTZ011 - any day near the server's


def told(type_: str, one: str, other: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    to = {"customer_id": other} if isinstance(other, str) else other
    return {"type": type_, "from": {"customer_id": one}, "to": to, "source": "crm", **more}


async def post(house: House, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await house.http.post("/v1/relationships", json=body, headers=headers)


async def related(house: House, *args: Any, **more: Any) -> dict[str, Any]:
    answer = await post(house, told(*args, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(house: House, customer_id: str, **query: Any) -> list[dict[str, Any]]:
    path = f"/v1/customers/{customer_id}/relationships"
    answer = await house.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def people(house: House, number: int) -> list[str]:
    return [(await house.put(f"p{n}"))["customer_id"] for n in range(number)]


def slug(answer: httpx.Response) -> str:
    return answer.json()["type"].rpartition(":")[2]


@pytest.mark.parametrize(
    "type_",
    ["prescriber-of", "referrer-of", "parent-of", "partner-of", "sibling-of", "assistant-of"],
)
async def test_two_customers_are_related_and_both_see_it(house: House, type_: str) -> None:
    one, other = await people(house, 2)

    relationship = await related(house, type_, one, other, since="2026-01-01")

    assert relationship["from"]["customer_id"] == one
    assert relationship["to"]["customer_id"] == other
    assert relationship["in_force"]
    assert await listed(house, one) == await listed(house, other) == [relationship]
    path = f"/v1/relationships/{relationship['relationship_id']}"
    assert (await house.http.get(path)).json() == relationship
    assert await house.count("customers") == 2


async def test_either_end_may_be_told_by_a_source_record(house: House) -> None:
    one, other = await house.put("1"), await house.put("2", source="crm")
    body = {
        "type": "referrer-of",
        "from": {"source_record_id": one["source_record_id"]},
        "to": {"source_record": {"source": "crm", "external_id": "2"}},
        "source": "crm",
    }

    relationship = (await post(house, body)).json()

    assert relationship["from"] == {
        "customer_id": one["customer_id"],
        "source_record_id": one["source_record_id"],
        "told_customer_id": None,
    }
    assert relationship["to"]["customer_id"] == other["customer_id"]
    assert relationship["to"]["source_record_id"] == other["source_record_id"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"type": "friend-of"}, 422),
        ({"to": {"customer_id": NOBODY}}, 404),
        ({"from": {"customer_id": NOBODY}}, 404),
        ({"from": {}}, 422),
        ({"to": {}}, 422),
        ({"to": {"customer_id": NOBODY, "associate": "a"}}, 422),
        ({"to": {"company_id": "cpy_01jzq3v5c8e7m9r2t4w6y8a0bg"}}, 422),
        ({"to": {"associate": "Anna Martin"}}, 422),
        ({"roles": ["boss"]}, 422),
        ({"since": "2026-02-30"}, 422),
        ({"since": "2026-02-01", "until": "2026-02-01"}, 422),
        ({"site": "paris"}, 422),
        ({"brand": "house"}, 422),
        ({"colour": "red"}, 422),
    ],
)
async def test_what_cannot_be_is_refused(house: House, change: dict[str, Any], status: int) -> None:
    one, other = await people(house, 2)

    answer = await post(house, told("parent-of", one, other) | change)

    assert answer.status_code == status
    assert await house.count("relationships") == 0


@pytest.mark.parametrize(
    "type_", [type_.value for type_, rule in RULES.items() if "customer" in rule.to]
)
async def test_nobody_is_related_to_itself(house: House, type_: str) -> None:
    [one] = await people(house, 1)

    answer = await post(house, told(type_, one, one))

    assert (answer.status_code, slug(answer)) == (422, "self-relationship")


async def test_what_is_told_again_is_refused_and_a_symmetric_one_from_either_side(
    house: House,
) -> None:
    one, other = await people(house, 2)
    for type_ in ("prescriber-of", "partner-of"):
        await related(house, type_, one, other)

    answers = [
        await post(house, told("prescriber-of", one, other)),
        await post(house, told("prescriber-of", other, one)),
        await post(house, told("partner-of", other, one)),
    ]

    assert [answer.status_code for answer in answers] == [409, 201, 409]
    assert slug(answers[0]) == "relationship-already-told"


async def test_one_that_ended_may_begin_again(house: House) -> None:
    one, other = await people(house, 2)
    await related(house, "partner-of", one, other, since="2020-01-01", until="2024-01-01")

    again = await related(house, "partner-of", other, one, since="2025-06-01")

    assert [item["in_force"] for item in await listed(house, one)] == [True, False]
    assert again["in_force"]


@pytest.mark.parametrize("type_", ["parent-of", "referrer-of"])
async def test_a_circle_is_refused_however_long(house: House, type_: str) -> None:
    chain = await people(house, 5)
    for one, other in pairwise(chain):
        await related(house, type_, one, other)

    answer = await post(house, told(type_, chain[-1], chain[0]))

    assert (answer.status_code, slug(answer)) == (409, "relationship-cycle")


async def test_racing_requests_close_no_circle(house: House) -> None:
    ring = await people(house, 6)
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))

    answers = await asyncio.gather(
        *(post(house, told("parent-of", one, other)) for one, other in pairs)
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409]


async def test_a_circle_is_seen_through_merged_ids_and_records(house: House) -> None:
    one, middle = await house.put("1"), await house.put("2", cards=["CARD-2"])
    again = await house.put("3", cards=["CARD-3"])
    await related(house, "parent-of", one["customer_id"], middle["customer_id"])
    await house.put("4", cards=["CARD-2", "CARD-3"])
    body = told("parent-of", again["customer_id"], one["customer_id"])

    by_retired_id = await post(house, body)
    by_record = await post(house, body | {"from": {"source_record_id": again["source_record_id"]}})

    assert [slug(answer) for answer in (by_retired_id, by_record)] == ["relationship-cycle"] * 2


async def test_a_customer_is_referred_once_and_may_refer_many(house: House) -> None:
    one, other, third = await people(house, 3)
    await related(house, "referrer-of", one, other)
    await related(house, "referrer-of", one, third)

    answer = await post(house, told("referrer-of", third, other))

    assert (answer.status_code, slug(answer)) == (409, "referred-already")


async def test_of_racing_referrals_one_is_kept(house: House) -> None:
    *referrers, referred = await people(house, 9)

    answers = await asyncio.gather(
        *(post(house, told("referrer-of", one, referred)) for one in referrers)
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_one_associate_at_a_time_advises_for_a_brand_and_store(house: House) -> None:
    [one] = await people(house, 1)
    for who, store, since in (
        ("a-1", "paris", "2025-01-01"),
        ("a-2", "paris", "2026-01-01"),
        ("a-3", "ginza", "2020-01-01"),
    ):
        where = {"brand": "maison", "store": store, "since": since}
        told_at = await related(house, "advised-by", one, {"associate": who}, **where)
        assert told_at["until"] is None
    coming = (TODAY + timedelta(days=30)).isoformat()
    await related(house, "advised-by", one, {"associate": "a-4"}, brand="maison", since=coming)

    in_force = {item["to"]["associate"]: item["in_force"] for item in await listed(house, one)}

    assert in_force == {"a-1": False, "a-2": True, "a-3": True, "a-4": False}


async def test_an_associate_has_a_list_of_customers(house: House) -> None:
    one, other = await people(house, 2)
    for customer_id in (one, other):
        await related(house, "advised-by", customer_id, {"associate": "a-1"}, brand="maison")
    await related(
        house, "advised-by", one, {"associate": "a-2"}, brand="maison", since=TODAY.isoformat()
    )

    seen: dict[str, bool] = {}
    query: dict[str, Any] = {"associate": "a-1", "limit": 1}
    while True:
        page = (await house.http.get("/v1/relationships", params=query)).json()
        seen |= {item["from"]["customer_id"]: item["in_force"] for item in page["items"]}
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == {one: False, other: True}


async def test_a_relationship_is_changed_as_it_was_read(house: House) -> None:
    one, other = await people(house, 2)
    relationship = await related(house, "assistant-of", one, other)
    path = f"/v1/relationships/{relationship['relationship_id']}"
    change = {"roles": ["travel", "travel"], "until": "2026-01-01"}

    without = await house.http.put(path, json=change)
    changed = await house.http.put(path, json=change, headers={"If-Match": '"1"'})
    late = await house.http.put(path, json={}, headers={"If-Match": '"1"'})
    bad = await house.http.put(path, json={"brand": "b"}, headers={"If-Match": '"2"'})

    assert [one.status_code for one in (without, changed, late, bad)] == [428, 200, 412, 422]
    assert changed.json()["roles"] == ["travel"]
    assert not changed.json()["in_force"]


async def test_a_relationship_is_deleted_for_good(house: House) -> None:
    one, other = await people(house, 2)
    path = f"/v1/relationships/{(await related(house, 'parent-of', one, other))['relationship_id']}"

    late = await house.http.delete(path, headers={"If-Match": '"7"'})
    answers = [await house.http.delete(path) for _ in range(2)]

    assert [answer.status_code for answer in (late, *answers)] == [412, 204, 404]
    assert await listed(house, one) == []


async def test_a_list_comes_page_by_page_and_by_type(house: House) -> None:
    one, *others = await people(house, 5)
    for other in others:
        await related(house, "referrer-of", one, other)
    await related(house, "partner-of", one, others[0])

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3, "type": "referrer-of"}
    while True:
        path = f"/v1/customers/{one}/relationships"
        page = (await house.http.get(path, params=query)).json()
        seen += [item["to"]["customer_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == others[::-1]


@pytest.mark.parametrize(
    "query", [{}, {"associate": "a", "company_id": "x"}, {"associate": "a", "cursor": "x"}]
)
async def test_a_list_of_one_end_names_it(house: House, query: dict[str, str]) -> None:
    assert (await house.http.get("/v1/relationships", params=query)).status_code == 422


async def test_an_idempotency_key_relates_once(house: House) -> None:
    body = told("parent-of", *await people(house, 2))

    answers = [await post(house, body, **{"Idempotency-Key": "k-1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_every_type_has_a_rule() -> None:
    assert RULES.keys() == set(RelationshipType)
