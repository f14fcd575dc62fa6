"""Stewards at the same moment, and beside tills: one decides, the other is told who."""

import asyncio

from sqlalchemy import text

from chassis.database import unit_of_work
from tests.customer.conftest import House
from tests.customer.test_steward_queue import ANNA, PAUL, QUEUE, decide, doubt, owner, queue

AT_ONCE = 12


async def test_while_one_has_a_pair_another_is_told_who_and_may_not_decide(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)

    claimed = await decide(house, candidate, "claim", **ANNA)
    again = await decide(house, candidate, "claim", **ANNA)
    refused = [await decide(house, candidate, verb, **PAUL) for verb in ("claim", "accept", "skip")]

    assert claimed.json()["claimed_by"] == {"client": "till", "person": "anna"}
    assert again.status_code == 200
    assert {answer.status_code for answer in refused} == {409}
    assert refused[0].json()["type"].endswith("match-candidate-claimed")
    assert "anna" in refused[0].json()["detail"]


async def test_a_claim_that_has_run_out_keeps_nobody_away(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "claim", **ANNA)
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("UPDATE match_candidates SET claimed_until = now()"))

    answer = await decide(house, candidate, "accept", **PAUL)

    assert answer.status_code == 200


async def test_a_released_pair_may_be_taken_by_another(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "claim", **ANNA)

    stolen = await decide(house, candidate, "release", **PAUL)
    released = await decide(house, candidate, "release", **ANNA)
    claimed = await decide(house, candidate, "claim", **PAUL)

    assert [one.status_code for one in (stolen, released, claimed)] == [409, 200, 200]


async def test_of_two_who_claim_at_once_one_has_it(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)

    answers = await asyncio.gather(
        *(decide(house, candidate, "claim", **{"X-Actor": f"p{n}"}) for n in range(AT_ONCE))
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)


async def test_of_two_who_decide_at_once_one_is_told_what_the_other_decided(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)

    answers = await asyncio.gather(
        decide(house, candidate, "accept", **ANNA), decide(house, candidate, "reject", **PAUL)
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refusal] = [answer.json() for answer in answers if answer.status_code == 409]
    assert refusal["type"].endswith("match-candidate-decided")
    assert await house.count("rulings") == 1


async def test_a_decision_from_an_older_view_is_refused(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "claim", **ANNA)

    stale = await decide(house, candidate, "accept", **ANNA, **{"If-Match": '"1"'})
    fresh = await decide(house, candidate, "accept", **ANNA, **{"If-Match": '"2"'})

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.headers["ETag"] == '"3"'


async def test_only_who_decided_takes_it_back(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)
    nothing = await decide(house, candidate, "undo", **ANNA)
    await decide(house, candidate, "reject", **ANNA)

    others = await decide(house, candidate, "undo", **PAUL)
    own = await decide(house, candidate, "undo", **ANNA)

    assert [one.status_code for one in (nothing, others, own)] == [409, 403, 200]


async def test_a_merge_undone_elsewhere_cannot_be_undone_again(house: House) -> None:
    older, younger = await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "accept", **ANNA)
    await house.http.post(
        f"/v1/customers/{older}/unmerge", json={"retired_id": younger, "reason": "x"}
    )

    answer = await decide(house, candidate, "undo", **ANNA)

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("nothing-to-undo")


async def test_an_unknown_candidate_and_a_bad_cursor_are_refused(house: House) -> None:
    unknown = await house.http.get(f"{QUEUE}/mch_01jzq3v5c8e7m9r2t4w6y8a0bg")
    other_kind = await house.http.get(f"{QUEUE}/src_01jzq3v5c8e7m9r2t4w6y8a0bg")
    bad = [
        await house.http.get(QUEUE, params={"cursor": cursor})
        for cursor in ("x", "WzFd", "WyJhIiwiYiIsImMiXQ")
    ]
    filters = await house.http.get(QUEUE, params={"country": "Narnia"})

    assert (unknown.status_code, other_kind.status_code, filters.status_code) == (404, 422, 422)
    assert {answer.status_code for answer in bad} == {422}


async def test_the_same_request_again_decides_once(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)

    answers = [
        await decide(house, candidate, "accept", **ANNA, **{"Idempotency-Key": "k"})
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert await house.count("merges") == 1


async def test_a_merge_and_tills_at_once_lose_no_record(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    path = f"/v1/customers/{older['customer_id']}"

    async def toggle() -> list[int]:
        merge = {"other_customer_id": younger["customer_id"], "reason": "x"}
        unmerge = {"retired_id": younger["customer_id"], "reason": "x"}
        return [
            (await house.http.post(f"{path}/{verb}", json=body)).status_code
            for _ in range(5)
            for verb, body in (("merge", merge), ("unmerge", unmerge))
        ]

    async def till() -> None:
        for number in range(10):
            await house.put(f"3{number}", cards=["CARD-2"])

    statuses, _ = await asyncio.gather(toggle(), till())

    assert statuses == [200] * 10
    for number in range(10):  # kept apart while both had the card, it may be somebody's own
        owned_by = await owner(house, f"3{number}")
        assert (await house.customer(owned_by))["customer_id"] == owned_by
    assert await house.count("source_records") == 12
    assert await owner(house, "1") == older["customer_id"]
    assert await owner(house, "2") == younger["customer_id"]
