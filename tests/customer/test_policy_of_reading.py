"""Who may see what of whom: regions, transfer bases, and access field by field."""

from datetime import date
from typing import Any

import pytest

from customer.domain.reading_policies import (
    Access,
    Reach,
    Reader,
    ReadingPolicies,
    RegionPolicy,
    TransferBasis,
)
from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, lay_down, paris

__all__ = ["paris"]

TODAY = date(2026, 3, 1)
PERSON: dict[str, Any] = {
    "given_name": "Aiko",
    "family_name": "Sato",
    "emails": ["aiko@example.com"],
    "phones": ["+81312345678"],
    "birth_date": "1984-02-29",
    "home_region": "JP",
    "country": "JP",
    "extra": {"shoe": "24"},
}


async def test_a_house_without_a_policy_sees_everything(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    await in_europe(house)

    answer = await get(house, paris, f"customers/{customer_id}")

    assert answer.json()["emails"] == ["aiko@example.com"]


async def test_a_region_without_a_basis_reads_nothing(house: House, paris: dict[str, str]) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    await in_europe(house)
    await closed(house)

    refused = await get(house, paris, f"customers/{customer_id}")
    record = await get(house, paris, "source-records/till/1")
    records = await get(house, paris, f"customers/{customer_id}/source-records")
    found = await house.http.post(
        "/v1/customers/search", json={"email": "aiko@example.com"}, headers=paris
    )

    assert refused.status_code == record.status_code == 403
    assert refused.json()["type"] == "urn:carnet:problem:transfer-not-allowed"
    assert records.json()["items"] == found.json()["items"] == []
    assert (await house.customer(customer_id))["emails"] == ["aiko@example.com"]


async def test_a_named_basis_opens_the_region_until_it_ends(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    await in_europe(house)

    await lay_down(house, "region-policies/JP/EU", {"basis": "adequacy"})
    open_ = await get(house, paris, f"customers/{customer_id}")
    await lay_down(
        house, "region-policies/JP/EU", {"basis": "adequacy", "valid_until": "2020-01-01"}
    )
    over = await get(house, paris, f"customers/{customer_id}")

    assert (open_.status_code, over.status_code) == (200, 403)


async def test_a_till_recognises_customers_of_the_whole_house_by_the_fields_it_may_see(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    await in_europe(house)
    await closed(house)

    await lay_down(
        house,
        "field-policies/till/*/recognition",
        {"fields": {"given_name": "shown", "emails": "masked"}},
    )

    customer = (await get(house, paris, f"customers/{customer_id}")).json()
    assert customer["display_name"] == "Aiko"
    assert customer["emails"] == ["…@example.com"]
    assert (customer["phones"], customer["birth_date"], customer["family_name"]) == ([], None, None)
    assert set(customer["told_by"]) == {"given_name", "emails"}
    assert customer["anonymous"] is False
    assert {"emails", "phones", "birth_date"} <= set(customer["withheld"])
    record = (await get(house, paris, "source-records/till/1")).json()
    assert record["raw"] == {"given_name": "Aiko"}
    assert record["normalised"] == {"names": {"given": "Aiko"}}


async def test_a_role_sees_fewer_fields_also_at_home(house: House, paris: dict[str, str]) -> None:
    customer_id = (await house.put("1", **{**PERSON, "home_region": "EU"}))["customer_id"]
    await in_europe(house, "trainee")

    await lay_down(
        house,
        "field-policies/trainee/EU/lawful",
        {"fields": {"birth_date": "hidden", "phones": "masked"}},
    )

    customer = (await get(house, paris, f"customers/{customer_id}")).json()
    assert (customer["birth_date"], customer["phones"]) == (None, ["…78"])
    assert customer["emails"] == ["aiko@example.com"]


async def test_the_customers_own_consent_may_be_the_basis(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    await in_europe(house)
    await lay_down(house, "region-policies/JP/EU", {"basis": "consent"})
    before = await get(house, paris, f"customers/{customer_id}")

    body = {
        "purpose": "transfer",
        "source": "till",
        "decision": "granted",
        "basis": "contract",
    }
    await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)
    after = await get(house, paris, f"customers/{customer_id}")
    await house.http.post(
        f"/v1/customers/{customer_id}/consents", json={**body, "decision": "withdrawn"}
    )
    withdrawn = await get(house, paris, f"customers/{customer_id}")

    assert [one.status_code for one in (before, after, withdrawn)] == [403, 200, 403]


async def test_a_region_that_may_not_read_may_not_write_to_the_customer_either(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    await in_europe(house)
    await closed(house)

    answer = await house.http.post(
        f"/v1/customers/{customer_id}/communication-checks",
        json={"purpose": "transactional", "channel": "email"},
        headers=paris,
    )

    assert answer.json()["reasons"] == ["transfer-not-allowed"]


async def test_what_is_laid_down_is_read_and_taken_back(house: House) -> None:
    await in_europe(house)
    await closed(house)
    await lay_down(house, "field-policies/till/JP/lawful", {"fields": {"*": "masked"}})
    whole = (await house.http.get("/v1/region-policies")).json()

    paths = ["client-regions/till-paris", "region-policies/JP/US", "field-policies/till/JP/lawful"]
    gone = [(await house.http.delete(f"/v1/{path}")).status_code for path in paths]
    again = [(await house.http.delete(f"/v1/{path}")).status_code for path in paths]

    assert whole["clients"] == [{"client_id": "till-paris", "region": "EU", "role": "till"}]
    assert whole["regions"][0]["basis"] == "standard-clauses"
    assert whole["fields"][0]["fields"] == {"*": "masked"}
    assert (gone, again) == ([204] * 3, [404] * 3)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("region-policies/JP/EU", {"basis": "goodwill"}),
        ("region-policies/JP/EU", {"basis": "adequacy", "valid_until": "soon"}),
        ("field-policies/till/JP/lawful", {"fields": {}}),
        ("field-policies/till/JP/lawful", {"fields": {"emails": "blurred"}}),
        ("field-policies/till/JP/sometimes", {"fields": {"emails": "shown"}}),
        ("client-regions/till-paris", {"region": "*", "role": "till"}),
        ("client-regions/till-paris", {"region": "EU"}),
    ],
)
async def test_a_policy_that_says_nothing_clear_is_refused(
    house: House, path: str, body: dict[str, Any]
) -> None:
    assert (await house.http.put(f"/v1/{path}", json=body)).status_code == 422


def test_the_policy_named_most_closely_wins() -> None:
    fields = {
        ("till", "JP", Reach.LAWFUL): {"emails": Access.MASKED},
        ("till", "*", Reach.LAWFUL): {"emails": Access.HIDDEN},
        ("*", "*", Reach.LAWFUL): {"*": Access.HIDDEN},
    }
    policies = ReadingPolicies({"a": Reader("JP", "till"), "b": Reader("JP", "agent")}, {}, fields)

    till, agent = policies.sight("JP", "a", today=TODAY), policies.sight("JP", "b", today=TODAY)

    assert (till.of("emails"), till.of("phones")) == (Access.MASKED, Access.SHOWN)
    assert agent.of("emails") is Access.HIDDEN


def test_a_basis_of_every_region_counts_where_none_is_closer() -> None:
    readers = {"a": Reader("EU", "till")}
    closer = {("JP", "US"): RegionPolicy(TransferBasis.CONTRACT)}
    rules = {("*", "EU"): RegionPolicy(TransferBasis.BINDING_RULES), **closer}

    assert ReadingPolicies(readers, rules, {}).sight("JP", "a", today=TODAY).is_whole
    assert ReadingPolicies(readers, closer, {}).sight("JP", "a", today=TODAY).is_closed


async def test_what_hangs_on_a_customer_is_kept_back_with_it(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = (await house.put("1", **PERSON))["customer_id"]
    path = f"customers/{customer_id}/consents"
    await in_europe(house)
    open_ = await get(house, paris, path)
    await closed(house)
    refused = await get(house, paris, path)
    await lay_down(house, "field-policies/till/JP/recognition", {"fields": {"emails": "shown"}})
    withheld = await get(house, paris, path)
    await lay_down(house, "field-policies/till/JP/recognition", {"fields": {"consents": "shown"}})
    shown = await get(house, paris, path)

    slugs = [one.json()["type"].rpartition(":")[2] for one in (refused, withheld)]
    assert (open_.status_code, shown.status_code) == (200, 200)
    assert slugs == ["transfer-not-allowed", "part-withheld"]
    reads = (await house.http.get(f"/v1/customers/{customer_id}/reads")).json()["items"]
    assert {read["what"] for read in reads} == {"consents", "refused"}
