"""A customer tells of herself and writes to the house, and is in the segments that ask for it."""

from collections.abc import Generator
from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually, running_house
from tests.end_to_end.persons import Person, clerk
from tests.end_to_end.test_unmerge import merge, unmerge

pytestmark = [pytest.mark.slow]

PARENTS = {
    "name": "Parents",
    "description": "Told us that they have children.",
    "purpose": "advice",
    "rule": {"all": [{"of": "declared-attribute", "attribute": "children", "at_least": 1}]},
}
WAITING = {
    "name": "Waiting",
    "description": "Wrote to us, and nobody has answered.",
    "purpose": "service",
    "rule": {"all": [{"of": "unanswered-interaction"}]},
}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Generator[House]:
    """Give a suite that runs on nothing but its own PostgreSQL."""
    with running_house(tmp_path_factory.mktemp("embedded") / "data") as house:
        yield house


def segments_of(client: httpx.Client, customer_id: str) -> set[str]:
    """Give the segments that the 360 view shows of a customer."""
    whole = client.get(f"/v1/customers/{customer_id}/360").json()
    assert whole["missing"] == []
    return {each["slug"] for each in whole["indicators"]["segments"]}


def write(client: httpx.Client, slug: str, body: dict[str, Any]) -> None:
    answer = client.put(f"/v1/segments/{slug}", json=body)
    assert answer.status_code == 200, answer.text


def declare(client: httpx.Client, person: Person, value: int) -> dict[str, Any]:
    path = f"/v1/customers/{person.customer_id}/attributes/children"
    body = {
        "value": value,
        "source": "crm",
        "purpose": "advice",
        "source_record_id": person.source_record_id,
    }
    answer = client.put(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_who_declares_and_writes_is_in_the_segments_that_ask_for_it(embedded: House) -> None:
    with clerk(embedded) as client:
        write(client, "parents", PARENTS)
        write(client, "waiting", WAITING)
        odile = Person.come(client, "segments-1", given_name="Odile", family_name="Marchand")
        kenji = Person.come(client, "segments-2", given_name="Kenji", family_name="Watanabe")

        declared = declare(client, odile, 2)
        touch = {
            "customer_id": odile.customer_id,
            "source": "crm",
            "channel": "e-mail",
            "begun_by": "customer",
            "at": "2026-03-01T10:00:00Z",
        }
        wrote = client.post("/v1/interactions", json=touch).json()
        eventually(lambda: segments_of(client, odile.customer_id), {"parents", "waiting"})
        whole = client.get(f"/v1/customers/{odile.customer_id}/360").json()
        [attribute] = whole["attributes"]["items"]
        assert (attribute["name"], attribute["in_force"]["value"]) == ("children", 2)
        assert [each["channel"] for each in whole["interactions"]["items"]] == ["e-mail"]
        tried = {"purpose": "advice", "rule": PARENTS["rule"]}
        preview = client.post("/v1/segments/preview", json=tried)
        assert preview.json() == {"members": 1, "never_declared": []}

        merged = merge(client, kenji, odile)
        eventually(lambda: segments_of(client, kenji.customer_id), {"parents", "waiting"})
        unmerge(client, merged, [])
        eventually(lambda: segments_of(client, odile.customer_id), {"parents", "waiting"})
        eventually(lambda: segments_of(client, kenji.customer_id), set[str]())

        answered = {"answered_at": "2026-03-01T12:00:00Z"}
        client.put(f"/v1/interactions/{wrote['interaction_id']}/answer", json=answered)
        eventually(lambda: segments_of(client, odile.customer_id), {"parents"})
        value_id = declared["declared"]["value_id"]
        client.delete(f"/v1/customers/{odile.customer_id}/attributes/children/values/{value_id}")
        eventually(lambda: segments_of(client, odile.customer_id), set[str]())
