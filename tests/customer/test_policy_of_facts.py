"""What hangs on a customer is seen as the source record that told it, also after a merge."""

from typing import Any

import pytest

from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, lay_down, merged, paris, recognised, slug
from tests.customer.test_relationships_unmerge import VIEWS, tell_everything

__all__ = ["paris"]

NO_TO_MAIL = {
    "purpose": "marketing",
    "channel": "email",
    "decision": "withdrawn",
    "basis": "consent",
    "source": "till",
}


async def told_in_both(house: House, *, by_record: bool) -> tuple[str, dict[str, str]]:
    """Have each region tell one fact of each kind of a person, and merge the two.

    Gives the survivor, and by region the id that told.
    """
    ids: list[str] = []
    told: dict[str, str] = {}
    for number, region in enumerate(("JP", "EU")):
        put = await house.put(region, home_region=region)
        ids.append(put["customer_id"])
        whom = {"customer_id": put["customer_id"]}
        if by_record:
            whom["source_record_id"] = put["source_record_id"]
        told[region] = put["source_record_id" if by_record else "customer_id"]
        await tell_everything(house, whom, number)
        consent = NO_TO_MAIL | ({} if region == "JP" else {"purpose": "news"})
        path = f"/v1/customers/{put['customer_id']}/consents"
        assert (await house.http.post(path, json=consent)).status_code == 201
    return await merged(house, *ids), told


def teller(found: list[dict[str, Any]], told: str) -> list[dict[str, Any]]:
    """Give those of things that an id told."""
    ends = [(one, one.get("from", one)) for one in found]
    return [one for one, end in ends if told in {end["source_record_id"], end["told_customer_id"]}]


async def items(house: House, headers: dict[str, str], path: str) -> list[dict[str, Any]]:
    answer = await get(house, headers, path)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


@pytest.mark.parametrize("by_record", [True, False])
async def test_a_merge_opens_no_fact_of_a_closed_region(
    house: House,
    paris: dict[str, str],
    by_record: bool,  # noqa: FBT001 - a table
) -> None:
    customer_id, told = await told_in_both(house, by_record=by_record)
    await in_europe(house)
    await closed(house)

    for view in VIEWS:
        path = f"customers/{customer_id}/{view}"
        whole, shown = await items(house, {}, path), await items(house, paris, path)
        if view == "attributes":
            [whole, shown] = [whole[0]["history"], shown[0]["history"]]
        by_japan = teller(whole, told["JP"])
        assert by_japan, view
        assert shown == [one for one in whole if one not in by_japan], view
        assert shown, view


async def test_the_attribute_in_force_is_one_that_is_seen(
    house: House, paris: dict[str, str]
) -> None:
    customer_id, _ = await told_in_both(house, by_record=True)
    await lay_down(
        house,
        f"customers/{customer_id}/attributes/children",
        {"value": 7, "source": "till", "external_id": "JP", "purpose": "advice"},
    )
    await in_europe(house)
    await closed(house)

    [whole] = await items(house, {}, f"customers/{customer_id}/attributes")
    [seen] = await items(house, paris, f"customers/{customer_id}/attributes")

    assert (whole["in_force"]["value"], seen["in_force"]["value"]) == (7, 1)


async def test_one_closed_fact_is_withheld_by_its_id(house: House, paris: dict[str, str]) -> None:
    customer_id, _ = await told_in_both(house, by_record=True)
    paths = {
        view: f"{view}/{{{key}}}"
        for view, key in (
            ("interactions", "interaction_id"),
            ("appointments", "appointment_id"),
            ("relationships", "relationship_id"),
        )
    } | {"notes": f"customers/{customer_id}/notes/{{note_id}}"}
    await in_europe(house)
    await closed(house)

    for view, path in paths.items():
        list_ = f"customers/{customer_id}/{view}"
        seen = [path.format(**one) for one in await items(house, paris, list_)]
        every = [path.format(**one) for one in await items(house, {}, list_)]
        answers = {one: await get(house, paris, one) for one in every}
        assert {one for one in every if answers[one].status_code == 200} == set(seen)
        assert {slug(answers[one]) for one in set(every) - set(seen)} == {"part-withheld"}


async def test_what_a_customer_forbade_is_told_although_who_told_it_is_closed(
    house: House, paris: dict[str, str]
) -> None:
    customer_id, _ = await told_in_both(house, by_record=True)
    await in_europe(house)
    await closed(house)

    answer = (await get(house, paris, f"customers/{customer_id}/consents")).json()

    assert {state["purpose"] for state in answer["state"]} == {"marketing", "news"}
    assert [consent["purpose"] for consent in answer["history"]] == ["news"]


async def test_a_household_is_seen_through_a_member_who_is(
    house: House, paris: dict[str, str]
) -> None:
    body = {"name": "Sato", "address": {"city": "Kamakura"}}
    household = (await house.http.post("/v1/households", json=body)).json()["household_id"]
    path = f"households/{household}"
    await in_europe(house)
    await closed(house)
    seen: list[int] = []
    for region in ("JP", "EU"):
        put = await house.put(region, home_region=region)
        told = {
            "type": "household-member",
            "from": {"customer_id": put["customer_id"]},
            "to": {"household_id": household},
            "roles": ["child"],
            "source": "crm",
        }
        answer = await house.http.post("/v1/relationships", json=told)
        assert answer.status_code == 201, answer.text
        seen.append((await get(house, paris, path)).status_code)

    reads = (await house.http.get(f"/v1/customers/{put['customer_id']}/reads")).json()["items"]
    assert seen == [403, 200]
    assert "household" in {read["what"] for read in reads}


async def test_a_check_says_nothing_of_whom_one_may_not_read(
    house: House, paris: dict[str, str]
) -> None:
    put = await house.put("1", home_region="JP", birth_date="2015-01-01")
    await in_europe(house)
    await closed(house)
    body = {"customer_ids": [put["customer_id"]], "purpose": "marketing", "channel": "email"}

    answer = await house.http.post("/v1/customers/communication-checks", json=body, headers=paris)

    [check] = answer.json()["items"]
    assert (check["reasons"], check["consent"]) == (["transfer-not-allowed"], None)


async def test_a_check_confirms_no_address_that_only_a_closed_record_tells(
    house: House, paris: dict[str, str]
) -> None:
    tokyo = await house.put("jp", home_region="JP", emails=["aiko@tokyo.example"])
    europe = await house.put("eu", home_region="EU", emails=["aiko@paris.example"])
    customer_id = await merged(house, tokyo["customer_id"], europe["customer_id"])
    await in_europe(house)
    await closed(house)
    path = f"/v1/customers/{customer_id}/communication-checks"
    reasons: dict[str, list[str]] = {}

    for address in ("aiko@tokyo.example", "aiko@paris.example"):
        body = {"purpose": "transactional", "channel": "email", "address": address}
        answer = await house.http.post(path, json=body, headers=paris)
        reasons[address] = answer.json()["reasons"]

    assert reasons == {"aiko@tokyo.example": ["address-not-theirs"], "aiko@paris.example": []}
    await recognised(house, given_name="shown")
    body = {"purpose": "transactional", "channel": "email", "address": "aiko@tokyo.example"}
    assert (await house.http.post(path, json=body, headers=paris)).json()["allowed"]
