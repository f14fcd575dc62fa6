"""What the gateway is told of readers: the home regions open to each, and to one for a customer."""

from typing import Any

import pytest

from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, lay_down, merged, paris, recognised, slug

__all__ = ["paris"]

ALL_BUT_JAPAN = {"all_but": ["JP"]}
KINDS = ("complaints", "indicators", "purchases")


async def purviews(house: House) -> dict[str, Any]:
    answer = await house.http.get("/v1/purviews")
    assert answer.status_code == 200, answer.text
    return answer.json()["clients"]


async def test_a_house_that_lays_nothing_down_keeps_nothing_from_anybody(house: House) -> None:
    await in_europe(house)

    assert await purviews(house) == {}


async def test_a_closed_region_is_left_out_for_clients_of_others(house: House) -> None:
    await in_europe(house)
    await closed(house)
    await lay_down(house, "client-regions/till-tokyo", {"region": "JP", "role": "till"})

    assert await purviews(house) == {"till-paris": dict.fromkeys(KINDS, ALL_BUT_JAPAN)}


async def test_a_house_that_closes_every_region_opens_those_that_a_basis_names(
    house: House,
) -> None:
    await in_europe(house)
    await lay_down(house, "region-policies/*/US", {"basis": "contract"})
    await lay_down(house, "region-policies/UK/EU", {"basis": "adequacy"})

    told = (await purviews(house))["till-paris"]

    assert told == {key: {"only": ["EU", "UK"]} for key in KINDS}


async def test_a_basis_that_has_ended_opens_nothing(house: House) -> None:
    await in_europe(house)
    ended = {"basis": "contract", "valid_until": "2020-01-01"}
    await lay_down(house, "region-policies/JP/EU", ended)

    assert (await purviews(house))["till-paris"]["purchases"] == ALL_BUT_JAPAN


async def test_a_field_policy_opens_one_kind_to_who_only_recognises(house: House) -> None:
    await in_europe(house)
    await closed(house)
    await recognised(house, purchases="shown", family_name="shown")

    told = (await purviews(house))["till-paris"]

    assert told == {"complaints": ALL_BUT_JAPAN, "indicators": ALL_BUT_JAPAN}


async def test_a_consent_counts_for_the_customer_who_gave_it_alone(
    house: House, paris: dict[str, str]
) -> None:
    await in_europe(house)
    await lay_down(house, "region-policies/JP/EU", {"basis": "consent"})
    agrees, silent = [(await house.put(x, home_region="JP"))["customer_id"] for x in ("a", "b")]
    consent = {
        "purpose": "transfer",
        "source": "till",
        "decision": "granted",
        "basis": "contract",
    }
    answer = await house.http.post(f"/v1/customers/{agrees}/consents", json=consent)
    assert answer.status_code == 201, answer.text

    assert (await purviews(house))["till-paris"]["purchases"] == ALL_BUT_JAPAN
    opened = await get(house, paris, f"purviews/{agrees}/purchases")
    assert opened.json() == {"home_regions": ["JP"]}
    refused = await get(house, paris, f"purviews/{silent}/purchases")
    assert (refused.status_code, slug(refused)) == (403, "transfer-not-allowed")


async def test_one_closed_record_keeps_back_what_lies_elsewhere(
    house: House, paris: dict[str, str]
) -> None:
    await in_europe(house)
    await closed(house)
    ids = [(await house.put(x, home_region=x))["customer_id"] for x in ("JP", "EU")]
    before = await get(house, paris, f"purviews/{ids[1]}/indicators")
    survivor = await merged(house, *ids)

    after = [await get(house, paris, f"purviews/{one}/indicators") for one in (survivor, *ids)]

    assert before.json() == {"home_regions": ["EU"]}
    assert [(one.status_code, slug(one)) for one in after] == [(403, "part-withheld")] * 3


async def test_who_sees_everything_is_told_so(house: House, paris: dict[str, str]) -> None:
    put = await house.put("JP", home_region="JP")

    answer = await get(house, paris, f"purviews/{put['customer_id']}/purchases")

    assert answer.json() == {"home_regions": []}


@pytest.mark.parametrize("path", ["purviews/{}/notes", "purviews/not-an-id/purchases"])
async def test_other_questions_are_refused(house: House, paris: dict[str, str], path: str) -> None:
    put = await house.put("JP", home_region="JP")

    answer = await get(house, paris, path.format(put["customer_id"]))

    assert answer.status_code == 422
