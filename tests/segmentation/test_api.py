"""What the API answers, and what it refuses."""

from typing import Any

import httpx
import pytest

from chassis.database import Database
from chassis.global_ids import show_global_id
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from tests.segmentation.telling import customer, filed, merged, placed, returned, tell

KNOWN = customer(1)


def path(customer_id: str) -> str:
    return f"/v1/customers/{customer_id}/indicators"


async def get(client: httpx.AsyncClient, url: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(url, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_indicators_tell_a_customer_in_numbers(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(
        database,
        placed(1, by=1, minor=5000),
        placed(2, by=1, minor=86_000, currency="JPY", day=10),
        returned(1, by=1, minor=300),
        filed(1, by=1),
    )
    body = await get(client, path(KNOWN))
    assert body.pop("profile_id").startswith("prf_")
    since = body.pop("segment_since")
    assert body.pop("segments") == [{"slug": "promising", "since": since}]
    assert body == {
        "customer_id": show_global_id(KNOWN),
        "retired_id": None,
        "first_purchase_on": "2025-01-11",
        "recency_on": "2026-02-05",
        "frequency": 2,
        "monetary": [
            {
                "currency": "EUR",
                "ordered_minor": 5000,
                "cancelled_minor": 0,
                "returned_minor": 300,
                "net_minor": 4700,
                "scored_in": "EUR",
            },
            {
                "currency": "JPY",
                "ordered_minor": 86_000,
                "cancelled_minor": 0,
                "returned_minor": 0,
                "net_minor": 86_000,
                "scored_in": "JPY",
            },
        ],
        "open_complaints": 1,
        "scores": body["scores"],
        "segment": "promising",
    }


@pytest.mark.parametrize("form", [KNOWN, KNOWN.lower(), show_global_id(KNOWN)])
async def test_any_form_of_the_id_will_do(client: httpx.AsyncClient, form: str) -> None:
    assert (await get(client, path(form)))["customer_id"] == show_global_id(KNOWN)


async def test_a_customer_of_whom_nothing_is_known_has_empty_indicators(
    client: httpx.AsyncClient,
) -> None:
    body = await get(client, path(KNOWN))
    assert body["frequency"] == 0
    assert body["monetary"] == []
    assert [body[name] for name in ("profile_id", "recency_on", "scores", "segment")] == [None] * 4


async def test_a_retired_id_answers_with_its_survivor(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, placed(1, by=1), merged(1, into=2))
    body = await get(client, path(KNOWN))
    assert body["customer_id"] == show_global_id(customer(2))
    assert body["retired_id"] == show_global_id(KNOWN)
    assert body["frequency"] == 1


@pytest.mark.parametrize("wrong", [KNOWN[:-1] + "0", "7K3M", "x" * 12, "%00"])
async def test_a_wrong_id_is_refused_with_its_field_and_mend(
    client: httpx.AsyncClient, wrong: str
) -> None:
    answer = await client.get(path(wrong))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [problem] = answer.json()["errors"]
    assert "customer_id" in problem["field"]
    assert problem["mend"]


async def test_segments_are_listed_best_first_with_live_counts(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, placed(1, by=1), placed(2, by=2), placed(3, by=3, day=1))
    items = (await get(client, "/v1/segments"))["items"]
    assert items[0]["slug"] == "champions"
    counts = {item["slug"]: item["members"] for item in items}
    assert {slug: n for slug, n in counts.items() if n} == {"new": 2, "lost": 1}


async def test_a_segment_shows_its_rules(client: httpx.AsyncClient) -> None:
    body = await get(client, "/v1/segments/champions")
    high = {"lowest": 4, "highest": 5}
    assert body["name"] == "Champions"
    assert body["rules"] == [{"recency": high, "frequency": high, "monetary": high}]


async def test_members_come_page_by_page_each_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    for number in range(7):
        await tell(database, placed(number, by=number))
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 3}
    for size in (3, 3, 1):
        page = await get(client, "/v1/segments/new/members", **params)
        assert len(page["items"]) == size
        seen += [member["customer_id"] for member in page["items"]]
        params["cursor"] = page["next_cursor"]
    assert params["cursor"] is None
    assert sorted(seen) == sorted(show_global_id(customer(number)) for number in range(7))


async def test_a_member_says_since_when_and_with_which_scores(
    client: httpx.AsyncClient, database: Database
) -> None:
    await tell(database, placed(1, by=1))
    [member] = (await get(client, "/v1/segments/new/members"))["items"]
    assert member["profile_id"].startswith("prf_")
    assert member["entered_at"] == "2026-03-31T12:00:00Z"
    assert member["scores"] == {"recency": 4, "frequency": 1, "monetary": 3}


@pytest.mark.parametrize(
    "url", ["/v1/segments/nobody", "/v1/segments/nobody/members", "/v1/segments/%00/members"]
)
async def test_an_unknown_segment_is_not_found(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url)
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("segment-unknown")


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WzFd", "W10", "WyJtYnJfMCJd", "é"])
async def test_a_made_up_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/v1/segments/new/members", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("invalid-cursor")


@pytest.mark.parametrize("limit", [0, 201, "many"])
async def test_a_page_is_bounded(client: httpx.AsyncClient, limit: object) -> None:
    answer = await client.get("/v1/segments/new/members", params={"limit": str(limit)})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "url", [path(KNOWN), "/v1/segments", "/v1/segments/new", "/v1/segments/new/members"]
)
async def test_without_the_scope_nothing_is_shown(
    client: httpx.AsyncClient, principal_keys: tuple[str, str], url: str
) -> None:
    token = PrincipalSigner(principal_keys[0]).sign(Principal("till", frozenset({"orders:read"})))
    answer = await client.get(url, headers={"Carnet-Principal": token})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("missing-scope")


async def test_members_are_only_listed_for_who_may_read_every_home_region(
    client: httpx.AsyncClient, principal_keys: tuple[str, str]
) -> None:
    purview = Purview.of_document({"indicators": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"segments:read"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(paris)}

    answer = await client.get("/v1/segments/new/members", headers=headers)
    counted = await client.get("/v1/segments/new", headers=headers)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:carnet:problem:home-region-closed"
    assert counted.status_code == 200
