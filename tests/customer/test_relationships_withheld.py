"""What hangs on a customer is seen under the reading policy, and each read is noted."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import snapshot
from chassis.principal import HEADER, Principal, PrincipalSigner
from tests.customer.conftest import SCOPES, House
from tests.customer.test_relationships_unmerge import VIEWS, tell_everything

WINDOW = "starts_from=2027-03-01T00:00:00Z&starts_before=2027-03-02T00:00:00Z"


@pytest.fixture
def paris(principal_keys: tuple[str, str]) -> dict[str, str]:
    """Give the headers of a client in another region than the customer's."""
    token = PrincipalSigner(principal_keys[0]).sign(Principal("till-paris", SCOPES))
    return {HEADER: token, "X-Actor": "clerk-7"}


async def lay_down(house: House, path: str, body: dict[str, Any]) -> None:
    answer = await house.http.put(f"/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text


async def ids_of(house: House, customer_id: str, view: str, key: str) -> str:
    items = (await house.http.get(f"/v1/customers/{customer_id}/{view}")).json()["items"]
    return items[0][key]


async def test_a_region_without_a_basis_sees_nothing_that_hangs_on_the_customer(
    house: House, paris: dict[str, str]
) -> None:
    put = await house.put("1", home_region="JP")
    customer_id = put["customer_id"]
    await tell_everything(house, {"customer_id": customer_id}, 0)
    single = [
        f"interactions/{await ids_of(house, customer_id, 'interactions', 'interaction_id')}",
        f"appointments/{await ids_of(house, customer_id, 'appointments', 'appointment_id')}",
    ]
    across = ["relationships?associate=a-0", f"appointments?advisor=a-0&{WINDOW}"]
    open_to_all = [
        len((await house.http.get(f"/v1/{path}", headers=paris)).json()["items"]) for path in across
    ]
    await lay_down(house, "client-regions/till-paris", {"region": "EU", "role": "till"})
    await lay_down(house, "region-policies/JP/US", {"basis": "standard-clauses"})

    parts = [f"customers/{customer_id}/{view}" for view in (*VIEWS, "referrals")]
    refused = [await house.http.get(f"/v1/{path}", headers=paris) for path in (*parts, *single)]
    lists = [await house.http.get(f"/v1/{path}", headers=paris) for path in across]

    assert open_to_all == [1, 1]
    assert {answer.status_code for answer in refused} == {403}
    assert [answer.json()["items"] for answer in lists] == [[], []]


async def test_every_read_by_a_person_is_noted_by_its_part(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    for view in VIEWS:
        await house.http.get(f"/v1/customers/{customer_id}/{view}", headers=paris)

    await house.http.get(f"/v1/customers/{customer_id}/reads")

    query = text("SELECT what FROM customer_reads WHERE person = 'clerk-7'")
    async with snapshot(house.database) as connection:
        noted = set((await connection.execute(query)).scalars())
    assert noted == set(VIEWS)
