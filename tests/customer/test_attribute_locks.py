"""Locks on attributes: values that a person fixed, also through merges and unmerges."""

import asyncio
from typing import Any

import httpx
import pytest

from chassis.global_ids import new_global_id
from tests.customer.conftest import House


async def lock(
    house: House, customer_id: str, attribute: str = "given_name", value: Any = "Fixed"
) -> httpx.Response:
    path = f"/v1/customers/{customer_id}/locks/{attribute}"
    body = {"value": value, "reason": "saw the passport"}
    return await house.http.put(path, json=body, headers={"X-Actor": "desk-7"})


async def lift(house: House, customer_id: str, attribute: str = "given_name") -> int:
    path = f"/v1/customers/{customer_id}/locks/{attribute}"
    return (await house.http.delete(path)).status_code


async def merge(house: House, left: str, right: str) -> dict[str, Any]:
    body = {"other_customer_id": right, "reason": "same passport"}
    answer = await house.http.post(f"/v1/customers/{left}/merge", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def given_name(house: House, customer_id: str) -> str | None:
    return (await house.customer(customer_id))["given_name"]


async def anna(house: House) -> str:
    """Put three records of one person, the latest with an initial."""
    ids: set[str] = set()
    for number, (source, name) in enumerate([("crm", "Anna"), ("web", "Anna"), ("till", "A.")]):
        at = f"2026-01-0{number + 1}T00:00:00Z"
        known = await house.put("1", source, given_name=name, cards=["CARD-1"], observed_at=at)
        ids.add(known["customer_id"])
    return ids.pop()


async def test_a_lock_wins_until_it_is_lifted(house: House) -> None:
    known = await anna(house)

    first = await lock(house, known, value="  Annika ")
    customer = await house.customer(known)

    assert (first.status_code, first.json()["value"]) == (200, "Annika")
    assert customer["given_name"] == "Annika"
    assert customer["chosen_by"]["given_name"] == {
        "rule": "lock",
        "brand": None,
        "country": None,
        "reason": "saw the passport",
        "locked_by": "desk-7",
    }
    assert customer["told_by"]["given_name"][0]["source_record_id"] is None
    assert (await lock(house, known, value="Anne")).status_code == 200
    assert await given_name(house, known) == "Anne"
    assert await lift(house, known) == 204
    assert await given_name(house, known) == "A."
    assert await lift(house, known) == 404


@pytest.mark.parametrize(
    ("attribute", "value", "shown"),
    [
        ("birth_date", "1984-02-29", "1984-02-29"),
        ("gender", "female", "female"),
        ("country", "jp", "JP"),
        ("language", "PT-br", "pt-BR"),
        ("preferred_channel", "phone", "phone"),
        ("emails", "Anna@Example.com", ["Anna@example.com", "anna@other.example"]),
        ("phones", "+33 6 12 34 56 78", ["+33612345678"]),
        ("cards", "vip 7", ["VIP 7", "CARD-1"]),
    ],
)
async def test_every_kind_of_attribute_can_be_locked(
    house: House, attribute: str, value: str, shown: Any
) -> None:
    known = await anna(house)
    await house.put("1", "web", cards=["CARD-1"], emails=["anna@other.example"])

    answer = await lock(house, known, attribute, value)

    assert answer.status_code == 200, answer.text
    assert (await house.customer(known))[attribute] == shown


async def test_a_locked_address_comes_first(house: House) -> None:
    known = await anna(house)

    await lock(house, known, "addresses", {"lines": ["1 rue X"], "city": "Lyon", "country": "FR"})

    assert (await house.customer(known))["addresses"][0]["city"] == "Lyon"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("birth_date", "1984-02-30"),
        ("birth_date", 7),
        ("gender", "?"),
        ("country", "XX"),
        ("emails", "nobody"),
        ("phones", "0612345678"),
        ("given_name", "  "),
        ("given_name", None),
        ("given_name", "x" * 201),
        ("given_name", "a\0b"),
        ("addresses", {"town": "Lyon"}),
        ("shoe_size", "38"),
    ],
)
async def test_a_value_that_cannot_be_is_refused(house: House, attribute: str, value: Any) -> None:
    known = await anna(house)

    assert (await lock(house, known, attribute, value)).status_code == 422
    assert await house.count("attribute_locks") == 0


async def test_nobody_is_locked_who_does_not_exist(house: House) -> None:
    assert (await lock(house, new_global_id())).status_code == 404
    assert await lift(house, new_global_id()) == 404


async def test_two_who_lock_at_once_leave_one_lock(house: House) -> None:
    known = await anna(house)

    answers = await asyncio.gather(*(lock(house, known, value=f"Name {n}") for n in range(6)))

    assert {answer.status_code for answer in answers} == {200}
    assert await lift(house, known) == 204
    assert await given_name(house, known) == "A."


async def test_locks_survive_a_merge_and_each_has_its_own_again_after_it(house: House) -> None:
    older = (await house.put("1", given_name="Anna", emails=["a@example.com"]))["customer_id"]
    younger = (await house.put("2", given_name="Bea", emails=["b@example.com"]))["customer_id"]
    await lock(house, older, value="Older")
    await lock(house, younger, value="Younger")
    await lock(house, younger, "occupation", "baker")
    before = [await house.customer(customer_id) for customer_id in (older, younger)]

    await merge(house, older, younger)
    merged = await house.customer(younger)
    assert (merged["given_name"], merged["occupation"]) == ("Older", "baker")
    hidden = await lock(house, younger, value="Hidden")
    body = {"retired_id": younger, "reason": "two sisters"}
    await house.http.post(f"/v1/customers/{older}/unmerge", json=body)
    after = [await house.customer(customer_id) for customer_id in (older, younger)]

    assert hidden.json()["type"] == "urn:carnet:problem:locked-under-survivor"
    kept = ("given_name", "occupation", "chosen_by")
    assert [[one[k] for k in kept] for one in after] == [[one[k] for k in kept] for one in before]


async def test_a_lock_lifted_between_merge_and_unmerge_stays_lifted(house: House) -> None:
    older = (await house.put("1", given_name="Anna", emails=["a@example.com"]))["customer_id"]
    younger = (await house.put("2", given_name="Bea", emails=["b@example.com"]))["customer_id"]
    await lock(house, younger, value="Younger")
    await merge(house, older, younger)

    assert await given_name(house, older) == "Younger"
    assert await lift(house, older) == 204
    body = {"retired_id": younger, "reason": "two sisters"}
    await house.http.post(f"/v1/customers/{older}/unmerge", json=body)

    assert await given_name(house, younger) == "Bea"
