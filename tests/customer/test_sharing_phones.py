"""Telephones that nothing backs: one owner is found by them, and a shop's own makes nobody one."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import snapshot
from customer.domain.guard import BARE_TOGETHER
from customer.domain.intake import Outcome
from tests.customer.conftest import House
from tests.customer.test_resolution import Told, house_with

MANY = 150
TEN_THOUSAND = 10_000
PHONE = "+33612345678"
SHOP: dict[str, Any] = {"source": "till", "channel": "shop", "country": "FR", "phones": [PHONE]}


def test_a_telephone_alone_finds_its_one_owner() -> None:
    house = house_with(Told("p1 e1", given="Anna", family="Rossi"))

    found = house.put("till", Told("p1"))

    assert (found.outcome, found.customer_id) == (Outcome.FOUND, house.customer_of("0"))


def test_a_first_name_and_a_telephone_find_their_owner_among_two() -> None:
    house = house_with(Told("p1", given="Anna", family="Rossi"), Told("p1", given="Paul"))

    assert house.put("till", Told("p1", given="Anna")).customer_id == house.customer_of("0")


def test_a_person_who_is_named_later_joins_her_telephone() -> None:
    house = house_with(Told("p1"), Told("p1"))

    assert house.put("named", Told("p1", given="Anna")).customer_id == house.customer_of("0")


@pytest.mark.parametrize(
    "owners",
    [
        [],
        [Told("p1", given="Anna", family="Rossi")],
        [Told("p1 e1", given="Anna"), Told("p1 e2", given="Paul")],
        [Told("p1 e1"), Told("p1 c1")],
    ],
    ids=["nobody's", "one owner's", "two owners'", "two nameless owners'"],
)
def test_a_telephone_of_many_nameless_records_makes_a_handful_one(owners: list[Told]) -> None:
    house = house_with(*owners)
    before = [house.customer_of(str(number)) for number in range(len(owners))]

    for number in range(MANY):
        house.put(f"till-{number}", Told("p1"))

    names = [*map(str, range(len(owners))), *(f"till-{number}" for number in range(MANY))]
    assert max(map(len, house.partition(names))) <= BARE_TOGETHER + 1
    assert [house.customer_of(str(number)) for number in range(len(owners))] == before
    assert not any(intake.changes.merges for intake in house.intakes)


def test_nameless_records_with_mailboxes_of_their_own_stay_apart_on_one_telephone() -> None:
    house = house_with(*(Told(f"p1 e{number}") for number in range(4)))

    assert len(house.partition("0123")) == 4


def test_a_doubt_about_a_telephone_is_told_a_few_times_only() -> None:
    house = house_with(*(Told("p1") for _ in range(MANY)))

    doubts = sum(len(intake.changes.unsure_judgement_ids) for intake in house.intakes)
    assert 0 < doubts <= 20


@pytest.mark.parametrize("together", [1, 100])
async def test_a_shops_own_telephone_makes_nobody_one(house: House, together: int) -> None:
    anna = await house.put("anna", phones=[PHONE], given_name="Anna", family_name="Rossi")
    paul = await house.put("paul", phones=[PHONE], given_name="Paul", family_name="Rossi")
    records = [{**SHOP, "external_id": str(number)} for number in range(2 * MANY)]

    for start in range(0, len(records), together):
        batch = records[start : start + together]
        answer = await house.http.post("/v1/source-records/batch", json=batch)
        assert {item["status"] for item in answer.json()} == {200}

    assert await house.count("customers") == len(records) + 2
    assert await house.count("merges") == 0
    for known in (anna, paul):
        assert (await house.customer(known["customer_id"]))["retired_id"] is None


async def test_a_telephone_told_at_the_till_is_recognised_as_its_owners(house: House) -> None:
    anna = await house.put("anna", phones=[PHONE], given_name="Anna", emails=["anna@example.com"])

    answer = await house.http.post(
        "/v1/customers/recognise", json={"country": "FR", "phones": [PHONE]}
    )

    assert answer.json()["customer_id"] == anna["customer_id"]


def test_the_order_of_a_few_nameless_records_does_not_matter() -> None:
    told = {"a": Told("p1"), "b": Told("p1"), "c": Told("p1 e1", given="Anna"), "d": Told("e1")}
    for seed in range(10):
        house = house_with()
        for name in Random(seed).sample(list(told), len(told)):
            house.put(name, told[name])

        assert len(house.partition(told)) == 1


@pytest.mark.slow
async def test_ten_thousand_records_with_one_telephone_merge_nobody(house: House) -> None:
    draw = Random(11)
    named = [
        {
            **SHOP,
            "external_id": f"named-{number}",
            "given_name": "".join(draw.sample("abcdefghijklmnop", 8)),
        }
        for number in range(TEN_THOUSAND // 2)
    ]
    nameless = [{**SHOP, "external_id": f"bare-{number}"} for number in range(TEN_THOUSAND // 2)]
    records = [*named, *nameless]
    draw.shuffle(records)

    outcomes: list[str] = []
    for start in range(0, len(records), 500):
        answer = await house.http.post(
            "/v1/source-records/batch", json=records[start : start + 500]
        )
        outcomes += [item["result"]["outcome"] for item in answer.json()]

    assert len(outcomes) == TEN_THOUSAND
    assert "merged" not in outcomes
    async with snapshot(house.database) as connection:
        largest = await connection.scalar(
            text("SELECT max(n) FROM (SELECT count(*) n FROM source_records GROUP BY customer_id)")
        )
    assert largest is not None
    assert largest <= BARE_TOGETHER + 1


async def test_two_accounts_on_one_telephone_are_two_people(house: House) -> None:
    first = await house.put("1", phones=[PHONE], accounts=["app:1001"])

    second = await house.put("2", phones=[PHONE], accounts=["app:1002"])

    assert second["customer_id"] != first["customer_id"]
