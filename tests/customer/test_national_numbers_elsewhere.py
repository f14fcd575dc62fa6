"""National numbers are refused where appointments, relationships and their parties tell texts."""

from typing import Any

import httpx
import pytest

from tests.customer.conftest import House
from tests.customer.test_national_numbers import CODICE, NIR

RRN = "820304-1234567"


def _plan(**told: Any) -> dict[str, Any]:
    times = {"starts_at": "2026-03-01T10:00:00+01:00", "ends_at": "2026-03-01T11:00:00+01:00"}
    return {"store": "paris-1", "advisor": "a-17", **times, **told}


async def _customer(house: House) -> str:
    return (await house.put("1"))["customer_id"]


async def _made(house: House, path: str, body: dict[str, Any]) -> httpx.Response:
    answer = await house.http.post(f"/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def _refused(answer: httpx.Response) -> list[str]:
    """Give the fields that hold one."""
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("national-number-told"), answer.text
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("store", f"NIR {NIR}"),
        ("advisor", CODICE),
        ("subject", CODICE.lower()),
        ("source", CODICE),
    ],
)
async def test_an_appointment_that_holds_one_is_refused(
    house: House, field: str, told: str
) -> None:
    body = {"customer_id": await _customer(house), "source": "crm", **_plan(), field: told}

    answer = await house.http.post("/v1/appointments", json=body)

    assert _refused(answer) == [field]
    assert await house.count("appointments") == 0


async def test_an_appointment_planned_anew_is_looked_into_again(house: House) -> None:
    body = {"customer_id": await _customer(house), "source": "crm", **_plan()}
    made = (await _made(house, "appointments", body)).json()

    answer = await house.http.put(
        f"/v1/appointments/{made['appointment_id']}",
        json=_plan(store=NIR),
        headers={"If-Match": '"1"'},
    )

    assert _refused(answer) == ["store"]


async def test_a_relationship_that_holds_one_is_refused(house: House) -> None:
    ends = {"from": {"customer_id": await _customer(house)}, "to": {"associate": "a-17"}}
    told = {"type": "advised-by", **ends, "source": "crm", "brand": "maison"}
    made = (await _made(house, "relationships", told)).json()

    answers = [
        await house.http.post("/v1/relationships", json=told | {"store": NIR}),
        await house.http.post("/v1/relationships", json=told | {"to": {"associate": CODICE}}),
        await house.http.put(
            f"/v1/relationships/{made['relationship_id']}",
            json={"brand": "maison", "roles": [CODICE.lower()]},
            headers={"If-Match": '"1"'},
        ),
    ]

    assert [_refused(one) for one in answers] == [["store"], ["to.associate"], ["roles.0"]]
    assert await house.count("relationships") == 1


async def test_a_company_and_its_sites_that_hold_one_are_refused(house: House) -> None:
    korean = {"name": "Hanok", "country": "KR"}
    made = (await _made(house, "companies", korean)).json()
    path = f"/v1/companies/{made['company_id']}"
    address = {"lines": ["1 rue de la Paix", f"secu {NIR}"], "country": "KR"}

    answers = [
        await house.http.post("/v1/companies", json=korean | {"name": f"Kim {RRN}"}),
        await house.http.put(
            path, json=korean | {"key_account": CODICE}, headers={"If-Match": '"1"'}
        ),
        await house.http.put(f"{path}/sites/seoul", json={"name": RRN}),
        await house.http.put(f"{path}/sites/seoul", json={"name": "Seoul", "address": address}),
    ]

    fields = [["name"], ["key_account"], ["name"], ["address.lines.1"]]
    assert [_refused(one) for one in answers] == fields
    assert (await house.http.get(path)).json()["sites"] == []


async def test_the_numbers_of_a_company_are_no_persons(house: House) -> None:
    told = {"name": "Hanok", "country": "KR", "registration_number": RRN}

    assert await _made(house, "companies", told)


async def test_a_household_that_holds_one_is_refused(house: House) -> None:
    made = (await _made(house, "households", {"name": "Kim"})).json()
    path = f"/v1/households/{made['household_id']}"
    address = {"lines": [f"apt {RRN}"], "country": "KR"}

    answers = [
        await house.http.post("/v1/households", json={"name": f"famille {NIR}"}),
        await house.http.put(path, json={"address": address}, headers={"If-Match": '"1"'}),
    ]

    assert [_refused(one) for one in answers] == [["name"], ["address.lines.0"]]
    assert await house.count("households") == 1
