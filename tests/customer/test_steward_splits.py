"""A customer that a relink would split: no machine does, a person is asked."""

from typing import Any

from sqlalchemy import text

from chassis.database import unit_of_work
from tests.customer.conftest import House
from tests.customer.test_steward_queue import ANNA, QUEUE, ask, decide, owner, queue

DOUBT = """
INSERT INTO judgements (id, left_id, right_id, verdict, judge, rule, evidence, judged_at)
SELECT gen_random_uuid(), min(id::text)::uuid, max(id::text)::uuid, 'unsure', 'model', 'm-1',
       '{"weight": -4.0, "parts": []}', now() FROM source_records
"""


async def doubted(house: House) -> tuple[dict[str, Any], dict[str, Any]]:
    """One customer of two records, of whom a model doubts that they are one person."""
    first = await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-1"])
    await doubt_again(house)
    return first, second


async def doubt_again(house: House) -> None:
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("DELETE FROM judgements WHERE judge = 'model'"))
        await tx.execute(text(DOUBT))
    await ask(house, within_one=True)


async def test_doubt_within_one_customer_is_a_candidate_of_that_customer(house: House) -> None:
    first, _ = await doubted(house)

    [candidate] = await queue(house)

    assert candidate["proposal"] == "split"
    assert candidate["customer_ids"] == [first["customer_id"]]
    assert (candidate["value"], candidate["weight"]) == (2, -4.0)
    detail = (await house.http.get(f"{QUEUE}/{candidate['match_candidate_id']}")).json()
    assert len(detail["customers"]) == len(detail["judgements"]) == 1


async def test_doubt_of_intake_is_no_candidate_once_the_two_are_one(house: House) -> None:
    await house.put("1", cards=["CARD-1"])
    await house.put("2", cards=["CARD-1"])
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("DELETE FROM judgements WHERE judge = 'model'"))
        await tx.execute(text(DOUBT))

    await ask(house)

    assert await queue(house) == []


async def test_who_is_kept_together_is_not_asked_about_again_unless_it_is_undone(
    house: House,
) -> None:
    first, _ = await doubted(house)
    [candidate] = await queue(house)

    accepted = await decide(house, candidate, "accept", **ANNA)
    await doubt_again(house)

    assert accepted.status_code == 200, accepted.text
    assert await owner(house, "2") == first["customer_id"]
    assert await queue(house) == []
    undone = await decide(house, candidate, "undo", **ANNA)
    assert undone.json()["status"] == "open"
    assert len(await queue(house)) == 1


async def test_who_is_two_people_is_split_and_the_candidate_settles_itself(house: House) -> None:
    first, second = await doubted(house)
    [candidate] = await queue(house)

    rejected = await decide(house, candidate, "reject", **ANNA)
    body = {"source_record_ids": [second["source_record_id"]], "reason": "x"}
    split = await house.http.post(f"/v1/customers/{first['customer_id']}/split", json=body)

    assert rejected.status_code == 409
    assert rejected.json()["type"].endswith("split-by-records")
    assert split.status_code == 200
    assert await queue(house) == []
    assert len(await queue(house, status="settled")) == 1


async def test_it_follows_a_merge_of_its_customer_and_stays_open(house: House) -> None:
    older = await house.put("0", cards=["CARD-0"])
    first, _ = await doubted(house)
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("DELETE FROM match_candidates"))
    await doubt_of(house, first["customer_id"])

    body = {"other_customer_id": older["customer_id"], "reason": "x"}
    await house.http.post(f"/v1/customers/{first['customer_id']}/merge", json=body)

    [candidate] = await queue(house)
    assert candidate["proposal"] == "split"
    assert candidate["customer_ids"] == [older["customer_id"]]
    assert candidate["value"] == 3


async def doubt_of(house: House, customer_id: str) -> None:
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("DELETE FROM judgements WHERE judge = 'model'"))
        of_one = f"{DOUBT} WHERE customer_id = replace(:customer_id, '-', '')"
        await tx.execute(text(of_one), {"customer_id": customer_id})
    await ask(house, within_one=True)
