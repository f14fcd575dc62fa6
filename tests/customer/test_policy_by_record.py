"""Whoever a value comes to stand under, it is seen as its own source record is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.claims import Gender, Normalised, RecordKey
from customer.domain.names import Names
from customer.domain.reading_policies import CLOSED, WHOLE, Access, Sight
from customer.domain.sights import Home, Sights
from customer.domain.survivorship import TellingRecord
from customer.domain.telling import Telling
from customer.domain.visibility import seen
from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, lay_down, merged, paris, recognised, slug

__all__ = ["paris"]

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOKYO, PARIS = Home("JP", "maison"), Home("EU", "maison")
IN_JAPAN: dict[str, Any] = {
    "home_region": "JP",
    "country": "JP",
    "given_name": "Aiko",
    "family_name": "Sato",
    "emails": ["aiko@tokyo.example"],
    "phones": ["+81312345678"],
    "birth_date": "1984-02-29",
    "gender": "female",
    "observed_at": "2026-02-02T10:00:00Z",
}
IN_EUROPE: dict[str, Any] = {
    "home_region": "EU",
    "given_name": "Aïko",
    "emails": ["aiko@paris.example"],
    "observed_at": "2026-01-01T10:00:00Z",
}
EITHER_FIRST = pytest.mark.parametrize("first", ["JP", "EU"])


async def told_in_both(house: House, first: str = "EU") -> str:
    """Have both regions tell of a person, and a person say that they are one."""
    told = {"JP": IN_JAPAN, "EU": IN_EUROPE}
    ids = [
        (await house.put(region, **told[region]))["customer_id"]
        for region in sorted(told, key=lambda region: region != first)
    ]
    return await merged(house, *ids)


@EITHER_FIRST
async def test_a_merge_opens_no_value_of_a_closed_region(
    house: House, paris: dict[str, str], first: str
) -> None:
    customer_id = await told_in_both(house, first)
    await in_europe(house)
    await closed(house)

    answer = await get(house, paris, f"customers/{customer_id}?alternatives=true")

    customer = answer.json()
    assert customer["emails"] == ["aiko@paris.example"]
    assert (customer["given_name"], customer["family_name"]) == ("Aïko", None)
    assert (customer["phones"], customer["birth_date"]) == ([], None)
    assert {"emails", "phones", "family_name", "birth_date"} <= set(customer["withheld"])
    assert not any(told in answer.text for told in ("Sato", "tokyo", "1984", "+813"))


@EITHER_FIRST
async def test_source_records_and_the_story_leave_out_what_is_closed(
    house: House, paris: dict[str, str], first: str
) -> None:
    customer_id = await told_in_both(house, first)
    await in_europe(house)
    await closed(house)

    records = (await get(house, paris, f"customers/{customer_id}/source-records")).json()
    story = (await get(house, paris, f"customers/{customer_id}/how?format=text")).text
    whole = (await house.http.get(f"/v1/customers/{customer_id}/how?format=text")).text

    assert [record["external_id"] for record in records["items"]] == ["EU"]
    assert "till/JP" in whole
    assert ("till/EU" in story, "till/JP" in story) == (True, False)


async def test_a_till_sees_each_value_as_its_own_record_lets_it(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = await told_in_both(house)
    await in_europe(house)
    await closed(house)
    await recognised(house, family_name="shown", emails="masked", phones="masked")

    customer = (await get(house, paris, f"customers/{customer_id}")).json()

    assert customer["family_name"] == "Sato"
    assert customer["given_name"] == "Aïko"
    assert customer["emails"] == ["…@tokyo.example", "aiko@paris.example"]
    assert (customer["phones"], customer["birth_date"]) == (["…78"], None)


async def test_what_a_readers_own_record_tells_too_is_not_masked(
    house: House, paris: dict[str, str]
) -> None:
    ours: dict[str, Any] = {**IN_EUROPE, "emails": ["Aiko@tokyo.example"]}
    theirs: dict[str, Any] = {**IN_JAPAN, "given_name": "Aïko"}
    await house.put("eu", **ours)
    customer_id = (await house.put("jp", **theirs))["customer_id"]
    await in_europe(house)
    await closed(house)
    await recognised(house, given_name="masked", emails="masked")

    customer = (await get(house, paris, f"customers/{customer_id}")).json()

    assert (customer["emails"], customer["given_name"]) == (["Aiko@tokyo.example"], "Aïko")
    assert {one["external_id"] for one in customer["told_by"]["emails"]} == {"eu"}


async def test_what_cannot_be_masked_is_hidden(house: House, paris: dict[str, str]) -> None:
    customer_id = (await house.put("1", **IN_JAPAN))["customer_id"]
    await in_europe(house)
    await closed(house)
    await recognised(house, **{"*": "masked"})

    customer = (await get(house, paris, f"customers/{customer_id}")).json()

    assert (customer["gender"], customer["birth_date"]) == (None, None)
    assert {"gender", "birth_date"} <= set(customer["withheld"])


@EITHER_FIRST
async def test_a_lock_stays_at_home_where_it_was_told(
    house: House, paris: dict[str, str], first: str
) -> None:
    tokyo = (await house.put("JP", **IN_JAPAN))["customer_id"] if first == "JP" else None
    europe = (await house.put("EU", **IN_EUROPE))["customer_id"]
    tokyo = tokyo or (await house.put("JP", **IN_JAPAN))["customer_id"]
    lock = {"value": "Ai", "reason": "she wants to be called so"}
    await lay_down(house, f"customers/{tokyo}/locks/given_name", lock)
    customer_id = await merged(house, tokyo, europe)
    await in_europe(house)
    await closed(house)

    customer = (await get(house, paris, f"customers/{customer_id}")).json()

    assert (await house.customer(customer_id))["given_name"] == "Ai"
    assert customer["given_name"] == "Aïko"
    assert "she wants" not in str(customer)


async def test_an_explanation_is_for_who_sees_all_of_both(
    house: House, paris: dict[str, str]
) -> None:
    one = await told_in_both(house)
    other = (await house.put("other", home_region="EU", given_name="Paul"))["customer_id"]
    await in_europe(house)
    await closed(house)
    body = {"left": {"customer_id": one}, "right": {"customer_id": other}}

    refused = await house.http.post("/v1/explanations/why", json=body, headers=paris)
    whole = await house.http.post("/v1/explanations/why", json=body)

    assert (refused.status_code, slug(refused), whole.status_code) == (403, "part-withheld", 200)


async def test_what_lies_elsewhere_is_withheld_unless_every_record_shows_it(
    house: House, paris: dict[str, str]
) -> None:
    customer_id = await told_in_both(house)
    elsewhere = {"purchases", "complaints", "indicators"}
    await in_europe(house)
    await closed(house)

    before = (await get(house, paris, f"customers/{customer_id}")).json()["withheld"]
    await recognised(house, given_name="shown", purchases="shown")
    after = (await get(house, paris, f"customers/{customer_id}")).json()["withheld"]

    assert elsewhere <= set(before)
    assert elsewhere & set(after) == {"complaints", "indicators"}
    assert (await house.customer(customer_id))["withheld"] == []


PEOPLE = st.lists(
    st.builds(
        TellingRecord,
        id=st.uuids(),
        key=st.just(RecordKey("till", "1")),
        observed_at=st.integers(0, 9).map(lambda days: NOW - timedelta(days=days)),
        normalised=st.builds(
            Normalised,
            names=st.builds(Names, given=st.sampled_from([None, "Aiko", "Ai"])),
            birth_date=st.sampled_from([None, date(1984, 2, 29), date(1985, 1, 1)]),
            gender=st.sampled_from([None, Gender.FEMALE]),
            emails=st.lists(st.sampled_from(["a@example.com", "b@example.com"])).map(tuple),
        ),
        channel=st.sampled_from(["shop", "web"]),
        home=st.sampled_from([TOKYO, PARIS]),
    ),
    max_size=6,
    unique_by=lambda record: record.id,
)


@given(PEOPLE)
def test_who_may_not_read_a_region_sees_what_there_were_without_it(
    people: list[TellingRecord],
) -> None:
    everything = Telling("7K3M92QXF4TA", "maison", people, used={})
    without = replace(everything, records=[one for one in people if one.home == PARIS])

    shown = seen(everything, Sights({TOKYO: CLOSED, PARIS: WHOLE}))

    if any(one.home == TOKYO for one in people):
        assert (shown.golden, shown.others) == without.golden()


@given(PEOPLE)
def test_no_value_of_a_masked_record_survives_in_full(people: list[TellingRecord]) -> None:
    telling = Telling("7K3M92QXF4TA", "maison", people, used={})
    masking = Sight({"*": Access.MASKED}, Access.HIDDEN)

    shown = seen(telling, Sights({TOKYO: masking, PARIS: WHOLE}))

    told = [
        told for values in (shown.golden, shown.others) for one in values.values() for told in one
    ]
    ours = [one for one in told if one.record is not None and one.record.home == TOKYO]
    assert all(str(one.value).startswith("…") for one in ours)


def test_a_home_that_nobody_named_is_closed() -> None:
    assert Sights({}).of(TOKYO).is_closed
    assert Sights().of(TOKYO).is_whole
