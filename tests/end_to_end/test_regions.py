"""A till of Paris reads nothing of Japan, by whatever path, until there is a ground for it."""

import json
from collections.abc import Generator
from functools import partial

import httpx
import pytest

from tests.end_to_end.house import SCOPES, House, eventually, running_house
from tests.end_to_end.persons import Person, clerk

pytestmark = [pytest.mark.slow]

ORDER_AT_HOME = {"home_region": "JP", "brand": "house"}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Generator[House]:
    """Give a suite that runs on nothing but its own PostgreSQL."""
    with running_house(tmp_path_factory.mktemp("embedded") / "data") as house:
        yield house


def paths_of(person: Person, order: str, complaint: str) -> list[str]:
    """Give every path by which something of a customer is read."""
    one = f"/v1/customers/{person.customer_id}"
    return [
        one,
        f"{one}/360",
        f"{one}/purchases",
        f"{one}/indicators",
        f"{one}/how",
        f"{one}/consents",
        f"{one}/interactions",
        f"/v1/orders?customer_id={person.customer_id}",
        f"/v1/orders/{order}",
        f"/v1/complaints?customer_id={person.customer_id}",
        f"/v1/complaints/{complaint}",
        "/v1/segments/champions/members",
    ]


def statuses(client: httpx.Client, paths: list[str]) -> set[int]:
    return {client.get(path).status_code for path in paths}


def test_a_region_is_closed_and_opened_on_every_path(embedded: House) -> None:
    with clerk(embedded) as client:
        person = Person.come(client, "from-japan", home_region="JP", given_name="Yui")
        order = person.buy(client, by_claim=False, **ORDER_AT_HOME)["order_id"]
        complaint = person.complain(client, home_region="JP")["complaint_id"]
        paths = paths_of(person, order, complaint)
        scopes = SCOPES
        made = embedded.carnet("keys", "create", "--name", "paris", "--scopes", scopes, "--json")
        with embedded.client(json.loads(made)["key"]) as paris:
            eventually(partial(statuses, paris, paths), {200})

            reader = {"region": "EU", "role": "till"}
            assert client.put("/v1/client-regions/paris", json=reader).status_code == 200
            ground = {"basis": "standard-clauses"}
            assert client.put("/v1/region-policies/JP/US", json=ground).status_code == 200
            eventually(partial(statuses, paris, paths), {403})
            assert statuses(client, paths) == {200}

            assert client.put("/v1/region-policies/JP/EU", json=ground).status_code == 200
            eventually(partial(statuses, paris, paths), {200})


def test_her_own_consent_opens_what_was_told_of_her(embedded: House) -> None:
    with clerk(embedded) as client:
        person = Person.come(client, "agrees", home_region="KR", given_name="Seo")
        person.buy(client, by_claim=False, home_region="KR", brand="house")
        made = embedded.carnet("keys", "create", "--name", "rome", "--scopes", SCOPES, "--json")
        with embedded.client(json.loads(made)["key"]) as rome:
            reader = {"region": "EU", "role": "till"}
            assert client.put("/v1/client-regions/rome", json=reader).status_code == 200
            ground = {"basis": "consent"}
            assert client.put("/v1/region-policies/KR/EU", json=ground).status_code == 200
            path = f"/v1/customers/{person.customer_id}/purchases"
            eventually(lambda: rome.get(path).status_code, 403)

            consent = {
                "purpose": "transfer",
                "source": "till",
                "decision": "granted",
                "basis": "contract",
            }
            answer = client.post(f"/v1/customers/{person.customer_id}/consents", json=consent)
            assert answer.status_code == 201, answer.text
            whole = rome.get(f"/v1/customers/{person.customer_id}/360").json()
            assert whole["missing"] == []
            assert whole["purchases"]["totals"][0]["order_count"] == 1
