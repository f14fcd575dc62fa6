"""A relink hears what people said of records: the last word counts, and none is asked for twice."""

from random import Random
from string import ascii_lowercase
from typing import Any

import pytest

from chassis.database import Database
from customer.jobs.relink import Relinked, relink
from tests.customer.conftest import House
from tests.customer.relinking import RECOGNISER, Base
from tests.customer.test_steward_queue import ANNA, QUEUE, decide, owner, queue
from tests.customer.test_unmerge import merge, unmerge

NAME = {"given_name": "Claire", "family_name": "Delaunay"}
OTHER_NAME = {"given_name": "Otto", "family_name": "Brandner", "birth_date": "1951-02-03"}
PHONE = "+33240123456"


async def relinked(database: Database, *, apply: bool = True) -> Relinked:
    return await relink(database, processes=1, apply=apply, tell=lambda _: None)


async def test_whom_a_person_merged_stays_merged_though_nothing_else_speaks_for_it(
    house: House,
) -> None:
    first = await house.put("1", **NAME)
    second = await house.put("2", **OTHER_NAME)
    await merge(house, first["customer_id"], second["customer_id"])

    done = await relinked(house.database)

    assert (done.groups, done.splittings, done.joinings) == (1, 0, 0)
    assert await queue(house) == []


async def test_whom_a_person_merged_and_unmerged_later_stays_apart(house: House) -> None:
    first = await house.put("1", **NAME, phones=[PHONE])
    second = await house.put("2", **OTHER_NAME)
    merged = await merge(house, first["customer_id"], second["customer_id"])
    await unmerge(house, merged["survivor_id"], merged["retired_id"])

    done = await relinked(house.database)

    assert (done.groups, done.splittings, done.joinings) == (2, 0, 0)


async def test_whom_a_person_merged_again_after_parting_them_is_one(house: House) -> None:
    first = await house.put("1", **NAME)
    second = await house.put("2", **OTHER_NAME)
    merged = await merge(house, first["customer_id"], second["customer_id"])
    await unmerge(house, merged["survivor_id"], merged["retired_id"])
    await merge(house, first["customer_id"], second["customer_id"])

    done = await relinked(house.database)

    assert (done.groups, done.splittings, done.joinings) == (1, 0, 0)


async def doubted(house: House) -> dict[str, Any]:
    """Two who share a phone become one because their contradictions came too late."""
    await house.put("1", phones=[PHONE], given_name="Claire")
    await house.put("2", phones=[PHONE])
    await house.put("2", phones=[PHONE], given_name="Otto", birth_date="1951-02-03")
    done = await relinked(house.database)
    assert (done.splittings, done.sent_to_stewards) == (1, 1)
    [candidate] = await queue(house)
    return candidate


async def test_a_steward_sees_the_parts_and_splits_the_customer_by_rejecting(
    house: House,
) -> None:
    candidate = await doubted(house)
    path = f"{QUEUE}/{candidate['match_candidate_id']}"
    shown = (await house.http.get(path)).json()
    records = [
        (await house.http.get(f"/v1/source-records/till/{name}")).json()["source_record_id"]
        for name in ("1", "2")
    ]
    before = await owner(house, "1")

    rejected = await decide(house, candidate, "reject", **ANNA)

    assert sorted(part for [part] in shown["parts"]) == sorted(records)
    assert rejected.json()["status"] == "rejected", rejected.text
    owners = {await owner(house, "1"), await owner(house, "2")}
    assert before in owners
    assert len(owners) == 2
    done = await relinked(house.database)
    assert (done.joinings, done.splittings) == (0, 0)


async def test_who_was_a_customer_of_his_own_gets_his_id_back_by_a_proposed_split(
    house: House,
) -> None:
    second = await house.put("2", cards=["VIP2"])
    first = await house.put("1", cards=["VIP1"], given_name="Claire")
    await house.put("3", cards=["VIP1", "VIP2"])
    assert await owner(house, "1") == second["customer_id"]
    await house.put("3", cards=["VIP1"])
    await house.put("2", cards=["VIP2"], given_name="Otto")
    await relinked(house.database)
    [candidate] = await queue(house)

    await decide(house, candidate, "reject", **ANNA)

    owners = {name: await owner(house, name) for name in ("1", "2", "3")}
    assert owners["1"] == owners["3"] != owners["2"]
    assert {owners["1"], owners["2"]} == {first["customer_id"], second["customer_id"]}


async def test_whom_a_person_keeps_together_is_one_with_all_records(house: House) -> None:
    candidate = await doubted(house)

    await decide(house, candidate, "accept", **ANNA)

    done = await relinked(house.database)
    assert (done.groups, done.splittings, done.sent_to_stewards) == (1, 0, 0)
    assert await queue(house) == []


async def test_a_split_that_waits_is_not_proposed_again_and_another_one_is(house: House) -> None:
    candidate = await doubted(house)

    same = await relinked(house.database)
    await house.put("2", phones=[PHONE, "+33611223344"], given_name="Otto")
    await house.put("3", phones=["+33611223344"])
    other = await relinked(house.database)

    assert (same.splittings, same.sent_to_stewards) == (1, 0)
    assert (other.splittings, other.sent_to_stewards) == (1, 1)
    [again] = await queue(house)
    assert again["match_candidate_id"] == candidate["match_candidate_id"]
    detail = (await house.http.get(f"{QUEUE}/{again['match_candidate_id']}")).json()
    assert sorted(map(len, detail["parts"])) == [1, 2]


async def test_a_blocked_value_says_nothing_in_a_relink_either(house: House) -> None:
    base = Base(house.database, RECOGNISER)
    body = {"kind": "phone", "value": PHONE, "country": "FR", "reason": "the shop's own"}
    blocked = await house.http.post("/v1/blocked-identifiers", json=body)
    assert blocked.status_code == 201, blocked.text

    await base.put([("1", {**NAME, "phones": [PHONE]}), ("2", {**NAME, "phones": [PHONE]})])

    assert await base.target() == await base.stored() == {frozenset("1"), frozenset("2")}


@pytest.mark.parametrize("others", [8, 110])
async def test_a_crowded_value_says_nothing_in_a_relink_either(house: House, others: int) -> None:
    base = Base(house.database, RECOGNISER)
    draw = Random(7)
    crowd = [
        (
            f"other-{number}",
            {
                "given_name": "".join(draw.choices(ascii_lowercase, k=9)),
                "birth_date": f"{1900 + number}-{number % 12 + 1:02}-{number * 11 % 28 + 1:02}",
                "phones": [PHONE],
            },
        )
        for number in range(others)
    ]
    namesakes = [(name, {**NAME, "phones": [PHONE]}) for name in ("1", "2")]

    await base.put([*crowd, *namesakes])

    assert frozenset(("1", "2")) not in await base.stored()
    assert await base.target() == await base.stored()


async def split(house: House) -> tuple[dict[str, Any], str, str]:
    """Have a customer split as proposed; give the candidate, the id that was kept, the other."""
    candidate = await doubted(house)
    rejected = await decide(house, candidate, "reject", **ANNA)
    assert rejected.status_code == 200, rejected.text
    [kept] = candidate["customer_ids"]
    [other] = {await owner(house, "1"), await owner(house, "2")} - {kept}
    return candidate, kept, other


async def test_a_split_that_is_undone_is_one_customer_again_and_open(house: House) -> None:
    candidate, kept, other = await split(house)

    undone = await decide(house, candidate, "undo", **ANNA)

    assert (undone.status_code, undone.json()["status"]) == (200, "open"), undone.text
    assert undone.json()["customer_ids"] == [kept]
    assert {await owner(house, "1"), await owner(house, "2")} == {kept}
    alias = (await house.http.get(f"/v1/aliases/{other}")).json()
    assert (alias["customer_id"], alias["retired_id"]) == (kept, other)
    done = await relinked(house.database)
    assert (done.splittings, done.sent_to_stewards) == (1, 0)
    [again] = await queue(house)
    assert again["match_candidate_id"] == candidate["match_candidate_id"]


async def test_a_split_that_is_undone_can_be_made_again(house: House) -> None:
    candidate, kept, other = await split(house)
    await decide(house, candidate, "undo", **ANNA)

    rejected = await decide(house, candidate, "reject", **ANNA)

    assert rejected.status_code == 200, rejected.text
    assert {await owner(house, "1"), await owner(house, "2")} == {kept, other}
    done = await relinked(house.database)
    assert (done.joinings, done.splittings) == (0, 0)


async def test_a_split_whose_parts_changed_since_is_not_undone(house: House) -> None:
    candidate, kept, other = await split(house)
    await merge(house, kept, other)

    undone = await decide(house, candidate, "undo", **ANNA)

    assert undone.status_code == 409
    assert undone.json()["type"].endswith("nothing-to-undo")
    assert "Merge" in undone.json()["detail"]


async def test_a_split_into_three_is_undone_as_a_whole(house: House) -> None:
    await house.put("1", phones=[PHONE], given_name="Claire")
    for name, told in (
        ("2", OTHER_NAME),
        ("3", {"given_name": "Yuki", "birth_date": "1988-07-06"}),
    ):
        await house.put(name, phones=[PHONE])
        await house.put(name, phones=[PHONE], **told)
    await relinked(house.database)
    [candidate] = await queue(house)
    await decide(house, candidate, "reject", **ANNA)
    owners = {await owner(house, name) for name in ("1", "2", "3")}

    undone = await decide(house, candidate, "undo", **ANNA)

    assert len(owners) == 3
    assert undone.status_code == 200, undone.text
    assert {await owner(house, name) for name in ("1", "2", "3")} == {*candidate["customer_ids"]}
    assert (await relinked(house.database)).sent_to_stewards == 0
