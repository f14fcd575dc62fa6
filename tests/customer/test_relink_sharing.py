"""Relinking who shares homes, mailboxes and telephones: the same for every order of arrival."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from customer.jobs.relink import relink, relinked_groups
from tests.customer.conftest import House

HOME: dict[str, Any] = {
    "birth_date": "1994-03-17",
    "addresses": [{"lines": ["14 rue des Lilas"], "city": "Nantes", "postcode": "44000"}],
}
SHOP, OWN, FAMILY = "+33612345670", "+33612345671", "+33612345672"
MAIL = "famille@example.com"
RECORDS: dict[str, dict[str, Any]] = {
    **{f"shop-{number}": {"phones": [SHOP]} for number in range(9)},
    **{f"own-{number}": {"phones": [OWN]} for number in range(3)},
    "own": {"phones": [OWN], "given_name": "Claire", "emails": ["claire@example.com"]},
    "anna": {"phones": [FAMILY], "emails": [MAIL], "given_name": "Anna", "family_name": "Meier"},
    "peter": {"phones": [FAMILY], "emails": [MAIL], "given_name": "Peter", "family_name": "Meier"},
    "somebody": {"phones": [FAMILY]},
    "lena": {"given_name": "Lena", "family_name": "Keller", **HOME},
    "lina": {"given_name": "Lina", "family_name": "Keller", **HOME},
    "clarie": {"given_name": "Lnea", "family_name": "Keller", **HOME},
}


async def _put(house: House, names: list[str]) -> None:
    batch = [
        {"source": "till", "external_id": name, "channel": "shop", "country": "FR", **RECORDS[name]}
        for name in names
    ]
    answer = await house.http.post("/v1/source-records/batch", json=batch)
    assert {item["status"] for item in answer.json()} == {200}


@pytest.mark.parametrize("seed", range(3))
async def test_a_relink_joins_the_same_people_in_any_order(
    make_house: Callable[[], Awaitable[House]], tmp_path: Path, seed: int
) -> None:
    house = await make_house()
    await _put(house, random.Random(seed).sample(list(RECORDS), len(RECORDS)))

    groups = await relinked_groups(house.database, tmp_path, processes=1)

    found = {frozenset(key.external_id for key in group) for group in groups if len(group) > 1}
    assert found == {frozenset({"own", "own-0", "own-1", "own-2"}), frozenset({"lena", "clarie"})}


async def test_a_relink_merges_nobody_by_a_shops_telephone(house: House) -> None:
    await _put(house, [name for name in RECORDS if name.startswith("shop")])
    before = await house.count("customers")

    done = await relink(house.database, processes=1, apply=True, tell=lambda _: None)

    assert (done.joinings, done.merged, before) == (0, 0, 5)
    assert await house.count("merges") == 0


async def test_a_telephone_on_too_many_records_makes_no_namesakes_one(house: House) -> None:
    claire: dict[str, Any] = {"phones": [SHOP], "given_name": "Claire", "family_name": "Delaunay"}
    shop = {"source": "till", "channel": "shop", "country": "FR", "phones": [SHOP]}
    batch = [{**shop, "external_id": str(number)} for number in range(120)]
    batch += [{**shop, **claire, "external_id": f"claire-{number}"} for number in range(2)]
    await house.http.post("/v1/source-records/batch", json=batch)

    done = await relink(house.database, processes=1, apply=True, tell=lambda _: None)

    assert (done.joinings, done.merged) == (0, 0)


async def test_a_blocked_telephone_says_nothing_to_a_relink(house: House) -> None:
    answer = await house.http.post(
        "/v1/blocked-identifiers",
        json={"kind": "phone", "value": SHOP, "reason": "The shop's own."},
        headers={"X-Actor": "steward-7"},
    )
    assert answer.status_code == 201
    claire: dict[str, Any] = {"phones": [SHOP], "given_name": "Claire", "family_name": "Delaunay"}
    first, second = [await house.put(str(number), **claire) for number in range(2)]

    done = await relink(house.database, processes=1, apply=True, tell=lambda _: None)

    assert first["customer_id"] != second["customer_id"]
    assert (done.joinings, done.merged) == (0, 0)
