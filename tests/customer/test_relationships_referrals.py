"""Referrals: as relationships tell, and as source records say in their own words."""

from typing import Any

import pytest

from tests.customer.conftest import House
from tests.customer.test_relationships import related


async def referrals(house: House, customer_id: str, **query: Any) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/referrals", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("word", ["customer", "record", "key"])
async def test_a_source_record_says_who_referred_its_customer(house: House, word: str) -> None:
    referrer = await house.put("1")
    words = {
        "customer": referrer["customer_id"],
        "record": referrer["source_record_id"],
        "key": "till/1",
    }

    referred = await house.put("2", referred_by=words[word])

    told = {"relationship_id": None, "source_record_id": referred["source_record_id"]}
    seen = await referrals(house, referred["customer_id"])
    assert seen["referred_by"] == [told | {"customer_id": referrer["customer_id"]}]
    assert (seen["referred"], seen["next_cursor"]) == ([], None)
    seen = await referrals(house, referrer["customer_id"])
    assert seen["referred"] == [told | {"customer_id": referred["customer_id"]}]
    assert seen["referred_by"] == []


@pytest.mark.parametrize(
    "word", ["a friend", "till/nobody", "7K3M-92QX-F4TF", "a/b/c", "/", "src_x"]
)
async def test_a_word_that_names_nobody_here_is_told_without_a_customer(
    house: House, word: str
) -> None:
    referred = await house.put("2", referred_by=word)

    [seen] = (await referrals(house, referred["customer_id"]))["referred_by"]

    assert seen["customer_id"] is None


async def test_who_refers_to_oneself_is_not_told(house: House) -> None:
    put = await house.put("2", referred_by="till/2")

    seen = await referrals(house, put["customer_id"])

    assert (seen["referred_by"], seen["referred"]) == ([], [])


async def test_both_ways_of_telling_come_in_one_list_page_by_page(house: House) -> None:
    referrer = (await house.put("1"))["customer_id"]
    expected: list[str] = []
    for number in range(6):
        if number % 2:
            put = await house.put(f"r{number}", referred_by=referrer)
        else:
            put = await house.put(f"r{number}")
            await related(house, "referrer-of", referrer, put["customer_id"])
        expected.insert(0, put["customer_id"])

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = await referrals(house, referrer, **query)
        seen += [item["customer_id"] for item in page["referred"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == expected


async def test_a_referral_follows_a_merge_of_the_referrer(house: House) -> None:
    await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-2"])
    referred = await house.put("3", referred_by=second["customer_id"])
    survivor = (await house.put("4", cards=["CARD-1", "CARD-2"]))["customer_id"]

    [one] = (await referrals(house, survivor))["referred"]
    [other] = (await referrals(house, referred["customer_id"]))["referred_by"]

    assert one["customer_id"] == referred["customer_id"]
    assert other["customer_id"] == survivor
