"""The steward's queue: pairs that a machine leaves unsure, and what people decide of them."""

from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import text

from chassis.database import unit_of_work
from customer.domain.match_candidates import LIVE, TRANSITIONS, Status
from customer.store.match_candidates import open_candidates, settle_candidates
from tests.customer.conftest import House

QUEUE = "/v1/match-candidates"
UNASKED = """
SELECT id FROM judgements WHERE verdict = 'unsure'
AND id NOT IN (SELECT judgement_id FROM match_candidate_judgements) ORDER BY id
"""
ANNA = {"X-Actor": "anna"}
PAUL = {"X-Actor": "paul"}


async def ask(house: House, *, within_one: bool = False) -> None:
    """Open candidates for all doubts that have none yet."""
    async with unit_of_work(house.database) as tx:
        ids = list((await tx.execute(text(UNASKED))).scalars())
        await open_candidates(tx, ids, within_one=within_one)


async def queue(house: House, **filters: Any) -> list[dict[str, Any]]:
    answer = await house.http.get(QUEUE, params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def doubt(house: House, name: str = "1", **more: Any) -> tuple[str, str]:
    """Put two people who share a phone and contradict each other; give their customer ids."""
    phone = f"+3361234{int(name):04}"
    left = await house.put(f"{name}a", phones=[phone], given_name="Anna", **more)
    right = await house.put(f"{name}b", phones=[phone], given_name="Paul", **more)
    await ask(house)
    return left["customer_id"], right["customer_id"]


async def decide(
    house: House, candidate: dict[str, Any], verb: str, **headers: str
) -> httpx.Response:
    path = f"{QUEUE}/{candidate['match_candidate_id']}/{verb}"
    body = {"reason": "I asked her"} if verb not in {"claim", "release"} else None
    return await house.http.post(path, json=body, headers=headers)


async def owner(house: House, external_id: str) -> str:
    answer = await house.http.get(f"/v1/source-records/till/{external_id}")
    return answer.json()["customer_id"]


def test_every_status_but_the_last_can_be_left_and_every_one_reached() -> None:
    reached = {status for steps in TRANSITIONS.values() for status in steps.values()}

    assert reached == set(Status)
    assert {status for status, steps in TRANSITIONS.items() if not steps} == {Status.SETTLED}
    assert {Status.OPEN, Status.SKIPPED} == LIVE


async def test_doubts_about_the_same_two_customers_open_one_candidate(house: House) -> None:
    phone, email = ["+33612345678"], ["anna@example.com"]
    anna = await house.put("1", phones=phone, emails=email, given_name="Anna")
    paul = await house.put("2", phones=phone, given_name="Paul")
    await house.put("3", phones=phone, emails=email, given_name="Anna")
    await ask(house)

    [candidate] = await queue(house)

    assert candidate["customer_ids"] == sorted((anna["customer_id"], paul["customer_id"]))
    assert candidate["judges"] == ["rule"]
    assert candidate["countries"] == ["FR"]
    assert candidate["value"] == 3
    detail = (await house.http.get(f"{QUEUE}/{candidate['match_candidate_id']}")).json()
    assert [step["step"] for step in detail["steps"]] == ["opened", "told-more"]


async def test_a_candidate_shows_both_golden_records_and_the_evidence(house: House) -> None:
    pair = await doubt(house)
    [candidate] = await queue(house)

    answer = await house.http.get(f"{QUEUE}/{candidate['match_candidate_id']}")

    detail = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert {one["customer_id"] for one in detail["customers"]} == set(pair)
    assert {one["given_name"] for one in detail["customers"]} == {"Anna", "Paul"}
    [judgement] = detail["judgements"]
    assert judgement["evidence"] == {"shared": ["phone"], "contradictions": ["given-name"]}
    assert [step["step"] for step in detail["steps"]] == ["opened"]


async def test_what_is_most_at_stake_comes_first_and_pages_go_on(house: House) -> None:
    for name in ("1", "2", "3"):
        await doubt(house, name)
    async with unit_of_work(house.database) as tx:
        await tx.execute(
            text(
                "UPDATE match_candidates SET value = value + id_rank FROM ("
                "SELECT id AS ranked, row_number() OVER (ORDER BY opened_at) AS id_rank"
                " FROM match_candidates) AS r WHERE ranked = id"
            )
        )

    for order in ("value", "age"):
        whole = await queue(house, order=order)
        first = (await house.http.get(QUEUE, params={"limit": 2, "order": order})).json()
        params = {"limit": 2, "order": order, "cursor": first["next_cursor"]}
        second = (await house.http.get(QUEUE, params=params)).json()
        assert [*first["items"], *second["items"]] == whole
        assert second["next_cursor"] is None
        ages = [one["opened_at"] for one in whole]
        assert ages == sorted(ages, reverse=order == "value")


async def test_filters_leave_out_what_is_not_asked_for(house: House) -> None:
    await doubt(house, "1", brand="north")
    await doubt(house, "2", brand="south")

    assert len(await queue(house, brand="north")) == 1
    assert len(await queue(house, country="FR")) == 2
    assert await queue(house, country="JP") == []
    assert await queue(house, judge="model") == []
    assert await queue(house, status="rejected") == []


async def test_accepting_merges_and_undoing_brings_both_back_and_opens_it_again(
    house: House,
) -> None:
    older, younger = await doubt(house)
    [candidate] = await queue(house)

    accepted = await decide(house, candidate, "accept", **ANNA)
    merged = await owner(house, "1b")
    undone = await decide(house, candidate, "undo", **ANNA)

    assert accepted.json()["status"] == "accepted"
    assert accepted.json()["decided_by"] == {"client": "till", "person": "anna"}
    assert accepted.json()["reason"] == "I asked her"
    assert merged == older
    assert undone.json()["status"] == "open"
    assert await owner(house, "1b") == younger
    steps = (await house.http.get(f"{QUEUE}/{candidate['match_candidate_id']}")).json()["steps"]
    assert [step["step"] for step in steps] == ["opened", "accepted", "undone"]


async def test_whom_a_person_rejects_no_later_doubt_brings_up_again(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "reject", **ANNA)

    await house.put("1b", phones=["+33612340001"], given_name="Paul", family_name="Rossi")
    async with unit_of_work(house.database) as tx:
        again = text(
            "INSERT INTO judgements SELECT gen_random_uuid(), left_id, right_id, verdict, 'model',"
            " rule, '{\"weight\": 9.5}', judged_at FROM judgements WHERE verdict = 'unsure'"
        )
        await tx.execute(again)
    await ask(house)

    assert await queue(house) == []


async def test_undoing_a_rejection_lets_the_machine_join_them_again(house: House) -> None:
    older, younger = await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "reject", **ANNA)

    undone = await decide(house, candidate, "undo", **ANNA)

    assert undone.json()["status"] == "open"
    assert undone.json()["customer_ids"] == sorted((older, younger))
    async with house.database.engine.connect() as connection:
        lifted = await connection.execute(text("SELECT lifted_at IS NOT NULL FROM kept_apart"))
        assert set(lifted.scalars()) == {True}


async def test_a_models_doubt_joins_the_candidate_with_its_weight(house: House) -> None:
    await doubt(house)
    async with unit_of_work(house.database) as tx:
        judged = text(
            "INSERT INTO judgements SELECT gen_random_uuid(), left_id, right_id, verdict, 'model',"
            ' rule, \'{"weight": 9.5, "parts": []}\', judged_at FROM judgements'
        )
        await tx.execute(judged)
    await ask(house)

    [candidate] = await queue(house, judge="model")

    assert (candidate["weight"], candidate["value"]) == (9.5, 11)
    assert candidate["judges"] == ["model", "rule"]
    assert candidate["version"] == 2


async def test_a_skipped_pair_comes_back_when_there_is_more_to_judge(house: House) -> None:
    await doubt(house)
    [candidate] = await queue(house)
    skipped = await decide(house, candidate, "skip", **ANNA)

    assert skipped.json()["status"] == "skipped"
    assert await queue(house) == []
    assert len(await queue(house, status="skipped")) == 1
    await ask_again(house)
    assert len(await queue(house)) == 1


async def ask_again(house: House) -> None:
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("DELETE FROM match_candidate_judgements"))
    await ask(house)


async def test_candidates_follow_a_merge_and_settle_when_they_become_one(house: House) -> None:
    older, younger = await doubt(house)
    third = await house.put("9", cards=["CARD-9"])
    await house.http.post(
        f"/v1/customers/{third['customer_id']}/merge",
        json={"other_customer_id": younger, "reason": "x"},
    )
    [followed] = await queue(house)

    await house.http.post(
        f"/v1/customers/{older}/merge", json={"other_customer_id": younger, "reason": "x"}
    )

    assert set(followed["customer_ids"]) == {older, younger}
    assert followed["value"] == 3
    assert await queue(house) == []
    assert len(await queue(house, status="settled")) == 1


async def test_a_pair_that_a_machine_joins_by_other_evidence_settles_itself(house: House) -> None:
    await doubt(house)

    await house.put("1a", phones=["+33612340001"], given_name="Paul", cards=["CARD-1"])
    await house.put("1b", phones=["+33612340001"], given_name="Paul", cards=["CARD-1"])

    assert await owner(house, "1a") == await owner(house, "1b")
    assert await queue(house) == []
    [settled] = await queue(house, status="settled")
    answer = await decide(house, settled, "accept", **ANNA)
    assert answer.status_code == 409


async def test_two_candidates_that_come_to_be_of_one_pair_become_one(house: House) -> None:
    older, younger = await doubt(house)
    other = await house.put("1c", phones=["+33612340001"], given_name="Kenji")
    await ask(house)
    assert len(await queue(house)) == 3

    await house.http.post(
        f"/v1/customers/{older}/merge", json={"other_customer_id": younger, "reason": "x"}
    )

    [candidate] = await queue(house)
    assert candidate["customer_ids"] == sorted((older, other["customer_id"]))
    detail = (await house.http.get(f"{QUEUE}/{candidate['match_candidate_id']}")).json()
    assert len(detail["judgements"]) == 2
    await house.http.post(
        f"/v1/customers/{older}/unmerge", json={"retired_id": younger, "reason": "x"}
    )
    assert sorted(sorted(one["customer_ids"]) for one in await queue(house)) == sorted(
        sorted((one, other["customer_id"])) for one in (older, younger)
    )


async def test_settling_with_nothing_to_settle_changes_nothing(house: House) -> None:
    await doubt(house)
    before = await queue(house)

    async with unit_of_work(house.database) as tx:
        await settle_candidates(tx, {"NOBODY": "SOMEBODY"}, now=datetime.now(UTC))
        await open_candidates(tx, [])

    assert await queue(house) == before
