"""Writing segments over the API: tried, kept, shown, changed as they were read, and ended."""

from typing import Any

import httpx
import pytest

from chassis.database import Database
from chassis.global_ids import show_global_id
from chassis.principal import Principal, PrincipalSigner
from segmentation.domain.written_segments import MOST_SEGMENTS
from segmentation.jobs.rules import find_members
from tests.segmentation.telling import NOW, customer, declared, placed, tell, touched

RULE: dict[str, Any] = {"all": [{"of": "declared-attribute", "attribute": "children"}]}
PARENTS: dict[str, Any] = {
    "name": "Parents",
    "description": "Told us that they have children.",
    "purpose": "marketing",
    "rule": RULE,
}
URL = "/v1/segments/parents"


async def put(client: httpx.AsyncClient, body: object = PARENTS, **headers: str) -> httpx.Response:
    return await client.put(URL, json=body, headers=headers)


def of_children(**test: object) -> dict[str, Any]:
    condition = {"of": "declared-attribute", "attribute": "children", **test}
    return PARENTS | {"rule": {"all": [condition]}}


async def test_who_fits_a_new_segment_is_found_and_who_comes_later_enters(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, declared(1, 1))
    answer = await put(client)
    await find_members(database, now=NOW)
    await tell(database, declared(2, 2))

    members = (await client.get(f"{URL}/members")).json()["items"]
    assert answer.status_code == 200
    assert answer.json()["measured_at"] is None
    assert {each["customer_id"] for each in members} == {
        show_global_id(customer(number)) for number in (1, 2)
    }
    assert [each["scores"] for each in members] == [None, None]
    shown = (await client.get(URL)).json()
    assert (shown["members"], shown["rules"]) == (2, [])
    assert shown["written"]["purpose"] == "marketing"
    assert shown["written"]["measured_at"] == "2026-03-31T12:00:00Z"
    indicators = await client.get(f"/v1/customers/{customer(1)}/indicators")
    assert [each["slug"] for each in indicators.json()["segments"]] == ["parents"]


async def test_written_segments_are_listed_after_those_of_scores(client: httpx.AsyncClient) -> None:
    await put(client)
    items = (await client.get("/v1/segments")).json()["items"]
    assert [item["slug"] for item in items][-2:] == ["lost", "parents"]
    assert items[0]["written"] is None


async def test_a_rule_is_shown_as_it_was_written(client: httpx.AsyncClient) -> None:
    rule = {
        "all": [
            {"of": "declared-attribute", "attribute": "children", "at_least": 1, "at_most": 2.5},
            {"of": "interactions", "channels": ["phone"], "within_days": 30, "at_least": 2},
        ],
        "any": [
            {"of": "last-interaction", "before": "2026-01-01"},
            {"of": "unanswered-interaction", "for_hours": 4},
            {"of": "purchases", "at_most": 3},
        ],
        "none": [
            {
                "of": "declared-attribute",
                "attribute": "shoe-size",
                "equals": {"amount": 38, "system": "EU"},
            }
        ],
    }
    written = (await put(client, PARENTS | {"rule": rule})).json()["rule"]
    for part, conditions in rule.items():
        for told, kept in zip(conditions, written[part], strict=True):
            assert told.items() <= kept.items()


async def test_a_preview_counts_and_keeps_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, declared(1, 1), declared(2, 2, purpose="service"), placed(1, by=3))
    answer = await client.post("/v1/segments/preview", json={"purpose": "marketing", "rule": RULE})
    assert answer.json() == {"members": 1, "never_declared": []}
    assert (await client.get(URL)).status_code == 404


async def test_an_attribute_that_nobody_declared_is_named(client: httpx.AsyncClient) -> None:
    assert (await put(client)).json()["never_declared"] == ["children"]


async def test_a_segment_is_changed_only_as_it_was_read(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, declared(1, 1, value=1), declared(2, 2, value=3))
    first = await put(client)
    await find_members(database, now=NOW)
    unread = await put(client, of_children(at_least=2))
    stale = await put(client, of_children(at_least=2), **{"If-Match": '"7"'})
    changed = await put(client, of_children(at_least=2), **{"If-Match": first.headers["ETag"]})
    again = await put(client, of_children(at_least=2), **{"If-Match": changed.headers["ETag"]})
    await find_members(database, now=NOW)

    statuses = [each.status_code for each in (unread, stale, changed, again)]
    assert statuses == [428, 412, 200, 200]
    assert (changed.json()["version"], again.json()["version"]) == (2, 2)
    members = (await client.get(f"{URL}/members")).json()["items"]
    assert [each["customer_id"] for each in members] == [show_global_id(customer(2))]


async def test_a_segment_that_ends_lets_its_members_go_and_keeps_its_name(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, declared(1, 1))
    await put(client)
    await find_members(database, now=NOW)
    ended = await client.delete(URL, headers={"If-Match": "*"})
    await find_members(database, now=NOW)

    indicators = await client.get(f"/v1/customers/{customer(1)}/indicators")
    again = await put(client)
    assert ended.status_code == 204
    assert indicators.json()["segments"] == []
    for url in (URL, f"{URL}/members"):
        assert (await client.get(url)).status_code == 404
    assert (again.status_code, again.json()["type"][19:]) == (409, "segment-ended")


async def test_a_segment_of_scores_cannot_be_written(client: httpx.AsyncClient) -> None:
    answer = await client.put("/v1/segments/champions", json=PARENTS)
    gone = await client.delete("/v1/segments/champions", headers={"If-Match": "*"})
    assert answer.json()["type"].endswith("segment-of-scores")
    assert gone.status_code == 409


async def test_there_is_a_bound_to_written_segments(client: httpx.AsyncClient) -> None:
    for number in range(MOST_SEGMENTS):
        await client.put(f"/v1/segments/s{number}", json=PARENTS)
    answer = await put(client)
    assert (answer.status_code, answer.json()["type"][19:]) == (409, "too-many-segments")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "rule"),
    ({"none": RULE["all"]}, "rule"),
    ({"all": [{}]}, "rule.all.0"),
    ({"all": [{"of": "age"}]}, "rule.all.0"),
    ({"all": [{"of": "declared-attribute"}]}, "rule.all.0.attribute"),
    (of_children(equals=1, at_least=1)["rule"], "rule.all.0"),
    (of_children(equals=[1])["rule"], "rule.all.0.equals"),
    (of_children(equals={"amount": 1})["rule"], "rule.all.0.equals.system"),
    (of_children(comes_within_days=367)["rule"], "rule.all.0.comes_within_days"),
    (of_children(least=1)["rule"], "rule.all.0.least"),
    (of_children(equals="two")["rule"], "rule.all.0.equals"),
    ({"any": [{"of": "interactions", "channels": ["fax"]}]}, "rule.any.0.channels.0"),
    ({"any": [{"of": "interactions", "at_least": 0}]}, "rule.any.0.at_least"),
    ({"any": [{"of": "interactions", "at_least": 3, "at_most": 2}]}, "rule.any.0"),
    ({"any": [{"of": "last-interaction"}]}, "rule.any.0"),
    ({"all": RULE["all"] * 21}, "rule.all"),
]


@pytest.mark.parametrize(("rule", "field"), WRONG)
@pytest.mark.parametrize("is_tried", [True, False])
async def test_a_wrong_rule_is_refused_with_its_field_and_mend(
    client: httpx.AsyncClient, database: Database, rule: object, field: str, *, is_tried: bool
) -> None:
    await tell(database, declared(1, 1), touched(1, 1))
    tried = {"purpose": "marketing", "rule": rule}
    answer = (
        await client.post("/v1/segments/preview", json=tried)
        if is_tried
        else await put(client, PARENTS | {"rule": rule})
    )
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]
    assert problem["field"] == field
    assert problem["mend"]
    assert "[" not in problem["problem"]


async def test_writing_needs_its_scope(
    client: httpx.AsyncClient, principal_keys: tuple[str, str]
) -> None:
    principal = Principal("till", frozenset({"segments:read"}))
    headers = {"Carnet-Principal": PrincipalSigner(principal_keys[0]).sign(principal)}
    assert (await put(client, **headers)).status_code == 403
    assert (await client.delete(URL, headers=headers)).status_code == 403
