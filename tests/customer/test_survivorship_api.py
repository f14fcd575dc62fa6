"""Survivorship rules, alternatives and preferences over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.customer.conftest import House

RULES = "/v1/survivorship-rules"


async def put_rules(house: House, *rules: dict[str, Any], etag: str = '"0"') -> httpx.Response:
    return await house.http.put(RULES, json={"rules": rules}, headers={"If-Match": etag})


async def anna(house: House) -> str:
    """Put three records of one person, the latest with an initial."""
    ids: set[str] = set()
    for number, (source, name) in enumerate([("crm", "Anna"), ("web", "Anna"), ("till", "A.")]):
        at = f"2026-01-0{number + 1}T00:00:00Z"
        known = await house.put("1", source, given_name=name, cards=["CARD-1"], observed_at=at)
        ids.add(known["customer_id"])
    return ids.pop()


@pytest.mark.parametrize(
    ("rule", "survivor"),
    [
        ({"method": "most-recent"}, "A."),
        ({"method": "most-frequent"}, "Anna"),
        ({"method": "longest", "attribute": "given_name"}, "Anna"),
        ({"method": "most-trusted", "sources": ["c*", "till"]}, "Anna"),
        ({"method": "most-frequent", "country": "FR"}, "Anna"),
        ({"method": "most-frequent", "country": "JP"}, "A."),
        ({"method": "most-frequent", "brand": "other"}, "A."),
    ],
)
async def test_a_rule_takes_hold_at_once_and_is_named(
    house: House, rule: dict[str, Any], survivor: str
) -> None:
    known = await anna(house)
    answer = await put_rules(house, rule)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"'), answer.text

    customer = await house.customer(known)

    method = rule["method"] if survivor == "Anna" else "most-recent"
    assert customer["given_name"] == survivor
    assert customer["chosen_by"]["given_name"]["rule"] == method
    [listed] = await house.search(text="anna")
    assert listed["given_name"] == survivor


async def test_rules_are_read_as_they_were_put(house: House) -> None:
    rules = [
        {"method": "most-trusted", "sources": ["crm", "till-*"], "brand": "maison"},
        {"method": "longest", "attribute": "full_name", "country": "FR"},
    ]
    await put_rules(house, *rules)

    read = await house.http.get(RULES)

    assert read.headers["ETag"] == '"1"'
    told = [{k: v for k, v in rule.items() if v not in (None, [])} for rule in read.json()["rules"]]
    assert told == rules


async def test_of_two_who_change_the_same_version_one_wins(house: House) -> None:
    answers = await asyncio.gather(
        *(put_rules(house, {"method": "most-frequent"}) for _ in range(4))
    )
    late = await put_rules(house, etag='"0"')
    without = await house.http.put(RULES, json={"rules": []})

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert (late.status_code, without.status_code) == (412, 428)
    assert (await put_rules(house, etag='"1"')).status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"method": "best"},
        {"method": "most-trusted"},
        {"method": "longest", "attribute": "shoe_size"},
        {"method": "most-recent", "country": "Utopia"},
        {"method": "most-trusted", "sources": ["a b"]},
    ],
)
async def test_a_wrong_rule_is_refused(house: House, rule: dict[str, Any]) -> None:
    assert (await put_rules(house, rule)).status_code == 422
    assert (await house.http.get(RULES)).json()["rules"] == []


async def test_alternatives_are_listed_when_asked_for(house: House) -> None:
    known = await anna(house)

    plain = await house.customer(known)
    asked = (await house.http.get(f"/v1/customers/{known}?alternatives=true")).json()

    assert plain["alternatives"] is None
    [other] = asked["alternatives"]["given_name"]
    assert (other["value"], other["told_by"]["source"]) == ("Anna", "web")


async def test_preferences_are_shown_with_their_source(house: House) -> None:
    await house.put("1", "till", cards=["CARD-1"], language="fr")
    await house.put("2", "till", cards=["CARD-1"], language="ja")
    known = await house.put("3", "web", channel="web", cards=["CARD-1"], language="en")

    customer = await house.customer(known["customer_id"])

    assert customer["preferred_channel"] == "shop"
    assert customer["chosen_by"]["preferred_channel"]["rule"] == "most-used"
    assert customer["told_by"]["preferred_channel"][0]["external_id"] == "2"
    assert customer["languages_by_channel"] == {"shop": "ja", "web": "en"}
