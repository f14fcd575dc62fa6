"""Values that too many share: they identify nobody, and still say a little for a likeness."""

from typing import Any

import pytest

from customer.domain.crowding import CROWDED_BITS
from tests.customer.conftest import House

SHOP = "+33612345678"
CLAIRE: dict[str, Any] = {
    "given_name": "Claire",
    "family_name": "Delaunay-Besson",
    "birth_date": "1984-03-17",
    "addresses": [{"lines": ["14 rue des Lilas"], "city": "Nantes", "postcode": "44000"}],
}
OTHERS = ("Paul", "Kenji", "Olga", "Xavier", "Uma", "Bert", "Ines", "Noor")


async def _crowd(house: House) -> None:
    for number, name in enumerate(OTHERS):
        await house.put(f"other-{number}", phones=[SHOP], given_name=name, family_name=name * 2)


async def _weight(house: House, **told: Any) -> float:
    answer = await house.http.post("/v1/customers/recognise", json={"country": "FR", **told})
    [candidate] = answer.json()["candidates"]
    return candidate["weight_bits"]


async def test_a_crowded_telephone_says_one_bit_and_no_more(house: House) -> None:
    await _crowd(house)
    await house.put("claire", **CLAIRE, phones=[SHOP])

    silent = await _weight(house, **CLAIRE)
    telling = await _weight(house, **CLAIRE, phones=[SHOP])

    assert telling == pytest.approx(silent + CROWDED_BITS)


async def test_a_blocked_telephone_says_nothing(house: House) -> None:
    await house.put("claire", **CLAIRE, phones=[SHOP])
    answer = await house.http.post(
        "/v1/blocked-identifiers",
        json={"kind": "phone", "value": SHOP, "reason": "The shop's own."},
        headers={"X-Actor": "steward-7"},
    )
    assert answer.status_code == 201

    assert await _weight(house, **CLAIRE, phones=[SHOP]) == await _weight(house, **CLAIRE)


async def test_a_crowded_telephone_alone_finds_nobody(house: House) -> None:
    await _crowd(house)

    answer = await house.http.post(
        "/v1/customers/recognise", json={"country": "FR", "phones": [SHOP]}
    )

    assert (answer.json()["customer_id"], answer.json()["candidates"]) == (None, [])


async def test_what_a_crowded_telephone_says_stands_in_the_explanation(house: House) -> None:
    await _crowd(house)
    ids = [
        (await house.put(name, phones=[SHOP], given_name=name, family_name="Delaunay"))
        for name in ("Claire", "Antoine")
    ]

    answer = await house.http.post(
        "/v1/explanations/why",
        json={
            "left": {"customer_id": ids[0]["customer_id"]},
            "right": {"customer_id": ids[1]["customer_id"]},
        },
    )

    parts = answer.json()["comparison"]["parts"]
    assert [part["bits"] for part in parts if part["field"] == "crowded"] == [CROWDED_BITS]
    assert sum(part["bits"] for part in parts) == pytest.approx(
        answer.json()["comparison"]["weight"]
    )
