"""Who may not read a customer does not recognise, judge, merge or lock it either."""

from typing import Any

from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, merged, paris, post, recognised, slug
from tests.customer.test_steward_queue import doubt, queue

__all__ = ["paris"]

PERSON: dict[str, Any] = {"channel": "shop", "country": "FR"}


async def test_a_pair_is_judged_by_who_may_read_both(house: House, paris: dict[str, str]) -> None:
    await doubt(house, "1", home_region="JP")
    await doubt(house, "2", home_region="EU")
    pairs = {one["customer_ids"][0]: one["match_candidate_id"] for one in await queue(house)}
    await in_europe(house)
    await closed(house)

    listed = (await get(house, paris, "match-candidates")).json()["items"]

    [ours] = [one["match_candidate_id"] for one in listed]
    [theirs] = set(pairs.values()) - {ours}
    refused = [
        await get(house, paris, f"match-candidates/{theirs}"),
        *[
            await post(house, paris, f"match-candidates/{theirs}/{verb}", reason="?")
            for verb in ("claim", "accept", "reject", "skip", "undo")
        ],
    ]
    assert [slug(answer) for answer in refused] == ["transfer-not-allowed"] * 6
    assert (await post(house, paris, f"match-candidates/{ours}/claim")).status_code == 200


async def test_evidence_is_for_who_sees_all_of_both(house: House, paris: dict[str, str]) -> None:
    await doubt(house, home_region="JP")
    [pair] = await queue(house)
    path = f"match-candidates/{pair['match_candidate_id']}"
    await in_europe(house)
    await closed(house)
    await recognised(house, given_name="shown")

    seen = (await get(house, paris, path)).json()
    whole = (await house.http.get(f"/v1/{path}")).json()

    assert {one["given_name"] for one in seen["customers"]} == {"Anna", "Paul"}
    assert all(one["phones"] == [] for one in seen["customers"])
    assert [one["evidence"] for one in seen["judgements"]] == [{}]
    assert whole["judgements"][0]["evidence"] != {}


async def test_a_region_without_a_basis_merges_parts_and_locks_nobody(
    house: House, paris: dict[str, str]
) -> None:
    ours = (await house.put("eu", home_region="EU"))["customer_id"]
    theirs = (await house.put("jp", home_region="JP"))["customer_id"]
    other = (await house.put("jp2", home_region="JP"))["customer_id"]
    record = (await house.put("jp3", home_region="JP"))["source_record_id"]
    await in_europe(house)
    await closed(house)
    why = {"reason": "because"}

    refused = [
        await post(house, paris, f"customers/{ours}/merge", other_customer_id=theirs, **why),
        await post(house, paris, f"customers/{theirs}/merge", other_customer_id=ours, **why),
        await post(house, paris, f"customers/{theirs}/unmerge", retired_id=other, **why),
        await post(house, paris, f"customers/{theirs}/split", source_record_ids=[record], **why),
        await house.http.put(
            f"/v1/customers/{theirs}/locks/given_name", json={"value": "A", **why}, headers=paris
        ),
        await house.http.delete(f"/v1/customers/{theirs}/locks/given_name", headers=paris),
        await get(house, paris, f"customers/{theirs}/reads"),
        await get(house, paris, f"aliases/{theirs}"),
    ]

    assert [slug(answer) for answer in refused] == ["transfer-not-allowed"] * len(refused)


async def test_nobody_is_recognised_by_a_record_that_is_closed(
    house: House, paris: dict[str, str]
) -> None:
    told: dict[str, Any] = {
        "home_region": "JP",
        "given_name": "Aiko",
        "emails": ["aiko@tokyo.example"],
    }
    tokyo = (await house.put("jp", **told))["customer_id"]
    europe = (await house.put("eu", home_region="EU", emails=["a@paris.example"]))["customer_id"]
    both = await merged(house, tokyo, europe)
    await in_europe(house)
    await closed(house)
    answers: dict[str, Any] = {}

    for email in ("aiko@tokyo.example", "a@paris.example"):
        answer = await post(house, paris, "customers/recognise", **PERSON, emails=[email])
        answers[email] = answer.json()

    hidden = answers["aiko@tokyo.example"]
    assert (hidden["customer_id"], hidden["matched_on"], hidden["candidates"]) == (None, [], [])
    assert answers["a@paris.example"]["customer_id"] == both


async def test_recognition_tells_of_no_kind_that_only_a_closed_record_shares(
    house: House, paris: dict[str, str]
) -> None:
    tokyo = await house.put("jp", home_region="JP", phones=["+81312345678"])
    europe = await house.put("eu", home_region="EU", emails=["a@paris.example"])
    both = await merged(house, tokyo["customer_id"], europe["customer_id"])
    told = {**PERSON, "emails": ["a@paris.example"], "phones": ["+81312345678"]}
    await in_europe(house)
    await closed(house)

    seen = (await post(house, paris, "customers/recognise", **told)).json()
    whole = (await house.http.post("/v1/customers/recognise", json=told)).json()

    assert (seen["customer_id"], whole["customer_id"]) == (both, both)
    assert (seen["matched_on"], whole["matched_on"]) == (["email"], ["email", "phone"])
    assert [one["shared"] for one in seen["candidates"]] == [["email"]]


async def test_recognition_contradicts_nothing_that_is_hidden(
    house: House, paris: dict[str, str]
) -> None:
    told: dict[str, Any] = {"emails": ["aiko@tokyo.example"], "birth_date": "1984-02-29"}
    customer_id = (await house.put("jp", home_region="JP", **told))["customer_id"]
    guess = {**PERSON, **told, "birth_date": "1955-01-01"}
    await in_europe(house)
    await closed(house)
    await recognised(house, given_name="shown")

    seen = (await post(house, paris, "customers/recognise", **guess)).json()
    whole = (await house.http.post("/v1/customers/recognise", json=guess)).json()

    assert [one["customer_id"] for one in seen["candidates"]] == [customer_id]
    assert seen["candidates"][0]["contradictions"] == []
    assert whole["candidates"][0]["contradictions"] == ["birth-date"]
