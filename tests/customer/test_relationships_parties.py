"""Companies with sites and contacts, households with members: parties, and no persons."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.customer.conftest import House
from tests.customer.test_relationships import people, post, related, slug, told

COMPANY = {"name": "Hôtel Lutèce SAS", "country": "FR", "vat_number": "FR 12 345678901"}


async def company(house: House, **more: Any) -> dict[str, Any]:
    answer = await house.http.post("/v1/companies", json=COMPANY | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def household(house: House, **body: Any) -> str:
    answer = await house.http.post("/v1/households", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["household_id"]


async def put(house: House, path: str, body: dict[str, Any], match: str) -> httpx.Response:
    return await house.http.put(path, json=body, headers={"If-Match": match})


async def test_a_company_is_kept_with_its_number_as_registers_write_it(house: House) -> None:
    added = await company(house, registration_number="rcs 123 456", key_account="a-1")

    read = await house.http.get(f"/v1/companies/{added['company_id']}")

    assert read.json() == added
    assert read.headers["ETag"] == '"1"'
    assert (added["vat_number"], added["registration_number"]) == ("FR12345678901", "RCS123456")


async def test_a_vat_number_names_one_company(house: House) -> None:
    added = await company(house)
    other = await company(house, vat_number=None)

    again = await house.http.post("/v1/companies", json=COMPANY)
    changed = await put(house, f"/v1/companies/{other['company_id']}", COMPANY, '"1"')

    for answer in (again, changed):
        assert (answer.status_code, slug(answer)) == (409, "company-already-known")
        assert added["company_id"] in answer.json()["detail"]


async def test_of_racing_requests_with_one_vat_number_one_is_kept(house: House) -> None:
    answers = await asyncio.gather(
        *(house.http.post("/v1/companies", json=COMPANY) for _ in range(12))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert await house.count("companies") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"vat_number": "no number"},
        {"vat_number": "FR1"},
        {"registration_number": "0000"},
        {"name": ""},
        {"name": "a\u0000b"},
        {"country": "XX"},
        {"key_account": "Anna Martin"},
        {"colour": "red"},
    ],
)
async def test_a_company_that_cannot_be_is_refused(house: House, change: dict[str, Any]) -> None:
    answer = await house.http.post("/v1/companies", json=COMPANY | change)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in change


async def test_a_company_is_changed_as_it_was_read_and_keeps_its_sites(house: House) -> None:
    path = f"/v1/companies/{(await company(house))['company_id']}"
    await house.http.put(f"{path}/sites/paris-1", json={"name": "Paris"})
    change = {"name": "Lutèce Group", "country": "FR"}

    without = await house.http.put(path, json=change)
    changed = await put(house, path, change, '"1"')
    late = await put(house, path, COMPANY, '"1"')

    assert [one.status_code for one in (without, changed, late)] == [428, 200, 412]
    read = (await house.http.get(path)).json()
    assert (read["name"], read["vat_number"], read["version"]) == ("Lutèce Group", None, 2)
    assert [site["code"] for site in read["sites"]] == ["paris-1"]


async def test_contacts_stand_at_a_site_with_their_roles(house: House) -> None:
    company_id = (await company(house))["company_id"]
    path = f"/v1/companies/{company_id}/sites/paris-1"
    address = {"lines": ["1 rue de Rivoli"], "city": "Paris", "country": "FR"}
    site = (await house.http.put(path, json={"name": "Seat", "address": address})).json()
    one, other = await people(house, 2)
    end = {"company_id": company_id}

    await related(house, "company-contact", one, end, site="paris-1", roles=["buyer"])
    await related(house, "company-contact", other, end, roles=["decision-maker"])
    astray = await post(house, told("company-contact", one, end, site="lyon"))

    assert site["sites"][0]["address"]["city"] == "Paris"
    assert slug(astray) == "site-unknown"
    page = (await house.http.get("/v1/relationships", params=end)).json()
    contacts = {item["from"]["customer_id"]: item["roles"] for item in page["items"]}
    assert contacts == {one: ["buyer"], other: ["decision-maker"]}
    in_use = await house.http.delete(path)
    assert (in_use.status_code, slug(in_use)) == (409, "site-in-use")


async def test_a_site_nobody_stands_at_is_deleted(house: House) -> None:
    path = f"/v1/companies/{(await company(house))['company_id']}/sites/paris-1"
    await house.http.put(path, json={"name": "Seat"})

    answers = [await house.http.delete(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]


async def test_companies_are_listed_page_by_page(house: House) -> None:
    ids = [(await company(house, vat_number=None))["company_id"] for _ in range(3)]

    first = (await house.http.get("/v1/companies", params={"limit": 2})).json()
    rest = (await house.http.get("/v1/companies", params={"cursor": first["next_cursor"]})).json()

    assert [item["company_id"] for item in first["items"] + rest["items"]] == ids[::-1]


async def test_nothing_is_known_of_unknown_parties(house: House) -> None:
    [one] = await people(house, 1)
    company_id = "cpy_01jzq3v5c8e7m9r2t4w6y8a0bg"
    household_id = "hsh_01jzq3v5c8e7m9r2t4w6y8a0bg"

    answers = [
        await house.http.get(f"/v1/companies/{company_id}"),
        await put(house, f"/v1/companies/{company_id}", COMPANY, "*"),
        await house.http.put(f"/v1/companies/{company_id}/sites/a", json={"name": "A"}),
        await house.http.get(f"/v1/households/{household_id}"),
        await put(house, f"/v1/households/{household_id}", {}, "*"),
        await post(house, told("company-contact", one, {"company_id": company_id})),
        await post(house, told("household-member", one, {"household_id": household_id})),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7


async def test_a_household_has_members_one_head_and_a_shared_address(house: House) -> None:
    end = {"household_id": await household(house, name="Martin", address={"city": "Lyon"})}
    head, child, other = await people(house, 3)
    await related(house, "household-member", head, end, roles=["head", "adult"])
    member = await related(house, "household-member", child, end, roles=["child"])

    second = await post(house, told("household-member", other, end, roles=["head"]))
    path = f"/v1/relationships/{member['relationship_id']}"
    promoted = await put(house, path, {"roles": ["head"]}, '"1"')

    assert slug(second) == slug(promoted) == "household-has-head"
    page = (await house.http.get("/v1/relationships", params=end)).json()
    assert {item["from"]["customer_id"] for item in page["items"]} == {head, child}
    read = (await house.http.get(f"/v1/households/{end['household_id']}")).json()
    assert (read["name"], read["address"]["city"]) == ("Martin", "Lyon")


async def test_of_racing_heads_one_is_head(house: House) -> None:
    end = {"household_id": await household(house)}
    heads = await people(house, 8)

    answers = await asyncio.gather(
        *(post(house, told("household-member", one, end, roles=["head"])) for one in heads)
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_household_is_changed_as_it_was_read(house: House) -> None:
    path = f"/v1/households/{await household(house)}"

    answers = [
        await house.http.put(path, json={"name": "Martin"}),
        await put(house, path, {"name": "Martin"}, '"1"'),
        await put(house, path, {"name": "Martin"}, '"2"'),
        await put(house, path, {"name": "Durand"}, '"1"'),
    ]

    assert [answer.status_code for answer in answers] == [428, 200, 200, 412]
    assert answers[2].headers["ETag"] == '"2"'


async def test_members_of_a_household_stay_customers_of_their_own(house: House) -> None:
    end = {"household_id": await household(house)}
    ids = await people(house, 2)
    for one in ids:
        await related(house, "household-member", one, end)

    assert [(await house.customer(one))["customer_id"] for one in ids] == ids
