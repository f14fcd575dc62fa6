"""Asking who somebody would be, and storing nothing."""

import asyncio
from typing import Any

import pytest

from tests.customer.conftest import House

CLAIRE: dict[str, Any] = {
    "given_name": "Claire",
    "family_name": "Delaunay-Besson",
    "birth_date": "1984-03-17",
    "addresses": [{"lines": ["14 rue des Lilas"], "city": "Nantes", "postcode": "44000"}],
}


async def _recognise(house: House, **told: Any) -> dict[str, Any]:
    answer = await house.http.post("/v1/customers/recognise", json={"country": "FR", **told})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_known_person_is_recognised_by_an_identifier(house: House) -> None:
    known = await house.put("1", emails=["claire@example.com"])

    found = await _recognise(house, emails=["Claire@Example.com"])

    assert (found["customer_id"], found["matched_on"]) == (known["customer_id"], ["email"])
    assert found["candidates"][0]["shared"] == ["email"]


async def test_a_known_person_is_recognised_by_likeness(house: House) -> None:
    known = await house.put("1", **CLAIRE)

    found = await _recognise(house, **CLAIRE)

    assert (found["customer_id"], found["matched_on"]) == (known["customer_id"], ["likeness"])
    assert found["candidates"][0]["weight_bits"] > 0


async def test_a_stranger_is_nobody_and_nothing_is_stored(house: House) -> None:
    await house.put("1", **CLAIRE)

    found = await _recognise(house, given_name="Otto", family_name="Brandner")

    assert (found["customer_id"], found["candidates"]) == (None, [])
    assert await house.count("source_records") == await house.count("customers") == 1


async def test_two_customers_who_would_be_merged_are_named(house: House) -> None:
    first = await house.put("1", emails=["claire@example.com"])
    second = await house.put("2", cards=["CARD-77"])

    found = await _recognise(house, emails=["claire@example.com"], cards=["CARD-77"])

    assert found["customer_id"] == first["customer_id"]
    assert found["would_merge"] == [second["customer_id"]]
    assert (await house.customer(second["customer_id"]))["retired_id"] is None


async def test_what_cannot_be_used_is_said(house: House) -> None:
    found = await _recognise(house, emails=["not an address"], phones=["12"])

    assert {flag["field"] for flag in found["flags"]} == {"emails.0", "phones.0"}


@pytest.mark.parametrize("body", [{}, {"country": "FR", "shoe": 42}, []])
async def test_what_is_no_person_is_refused(house: House, body: object) -> None:
    answer = await house.http.post("/v1/customers/recognise", json=body)

    assert answer.status_code == 422


async def test_whoever_asks_is_noted_as_a_reader_of_those_he_was_told_of(house: House) -> None:
    known = await house.put("1", emails=["claire@example.com"])

    await _recognise(house, emails=["claire@example.com"])

    await asyncio.sleep(1.5)  # reads are written each second
    reads = (await house.http.get(f"/v1/customers/{known['customer_id']}/reads")).json()
    assert [read["what"] for read in reads["items"]] == ["search"]
