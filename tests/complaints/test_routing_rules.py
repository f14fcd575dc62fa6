"""The routing rules through the API: read, replaced as a whole, never overwritten unseen."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from complaints.store import tables
from tests.complaints.conftest import Count, a_complaint

RULES = "/v1/routing-rules"
TO_BOUTIQUES = {
    "default_team": "customer-care",
    "rules": [
        {"slug": "gb-by-phone", "priority": 5, "team": "boutiques", "countries": ["gb"]},
    ],
}


async def test_the_migrations_rules_are_read_by_priority(client: httpx.AsyncClient) -> None:
    answer = await client.get(RULES)
    assert answer.headers["etag"] == '"1"'
    rules = answer.json()["rules"]
    assert [rule["priority"] for rule in rules] == sorted(rule["priority"] for rule in rules)
    assert rules[0]["slug"] == "safety-by-category"
    assert answer.json()["default_team"] == "customer-care"


async def test_the_teams_are_listed_with_their_names(client: httpx.AsyncClient) -> None:
    teams = (await client.get("/v1/teams")).json()["items"]
    assert {"slug": "delivery", "name": "Delivery"} in teams


async def test_new_rules_route_what_is_filed_after_them(client: httpx.AsyncClient) -> None:
    before = (await client.post("/v1/complaints", json=a_complaint())).json()
    answer = await client.put(RULES, json=TO_BOUTIQUES, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert answer.json() == (await client.get(RULES)).json()
    after = (await client.post("/v1/complaints", json=a_complaint())).json()
    assert after["routing"] == {
        "team": "boutiques",
        "rule": "gb-by-phone",
        "reasons": ["the country is GB"],
        "table_version": 2,
    }
    read = (await client.get(f"/v1/complaints/{before['complaint_id']}")).json()
    assert read["routing"] == before["routing"]


async def test_without_rules_the_default_team_takes_all(client: httpx.AsyncClient) -> None:
    empty: dict[str, Any] = {"default_team": "privacy", "rules": []}
    await client.put(RULES, json=empty, headers={"If-Match": '"1"'})
    assert (await client.get(RULES)).json()["rules"] == []
    assert (await client.post("/v1/complaints", json=a_complaint())).json()["team"] == "privacy"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"If-Match": '"7"'}, 412),
        ({"If-Match": '"0"'}, 412),
        ({"If-Match": 'W/"1"'}, 412),
        ({"If-Match": "1"}, 412),
    ],
)
async def test_a_change_must_be_made_from_the_newest_version(
    client: httpx.AsyncClient, count: Count, headers: dict[str, str], status: int
) -> None:
    answer = await client.put(RULES, json=TO_BOUTIQUES, headers=headers)
    assert answer.status_code == status
    assert "ETag" in answer.json()["detail"]
    assert await count(tables.routing_tables) == 1


async def test_of_changes_made_at_once_one_is_kept(client: httpx.AsyncClient, count: Count) -> None:
    answers = await asyncio.gather(
        *(client.put(RULES, json=TO_BOUTIQUES, headers={"If-Match": '"1"'}) for _ in range(8))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}
    assert await count(tables.routing_tables) == 2


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"team": "nobody", "brands": ["x"]}, "rules.0.team"),
        ({"team": "delivery"}, "rules.0"),
        ({"team": "delivery", "priority": 0, "brands": ["x"]}, "rules.0.priority"),
        ({"team": "delivery", "countries": ["XX"]}, "rules.0.countries.0"),
        ({"team": "delivery", "languages": ["klingon"]}, "rules.0.languages.0"),
        ({"team": "delivery", "subject_words": [""]}, "rules.0.subject_words.0"),
        ({"team": "delivery", "weather": ["rain"]}, "rules.0.weather"),
    ],
)
async def test_bad_rules_are_refused_by_field(
    client: httpx.AsyncClient, count: Count, rule: dict[str, Any], field: str
) -> None:
    body = {"default_team": "customer-care", "rules": [{"slug": "one", "priority": 1} | rule]}
    answer = await client.put(RULES, json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == (field, True)
    assert await count(tables.routing_tables) == 1
