"""Explaining why two are one here, or why they are not: to programs and to people."""

from typing import Any
from uuid import UUID

import pytest

from customer.api.explanation_text import SENTENCES
from customer.domain.explanation import Reason, chain
from tests.customer.conftest import House
from tests.customer.test_steward_queue import ANNA, decide, doubt, queue
from tests.customer.test_unmerge import merge, unmerge

WHY = "/v1/explanations/why"


async def why(house: House, left: Any, right: Any) -> dict[str, Any]:
    answer = await house.http.post(WHY, json={"left": left, "right": right})
    assert answer.status_code == 200, answer.text
    return answer.json()


def customer(answer: dict[str, Any]) -> dict[str, str]:
    return {"customer_id": answer["customer_id"]}


def record(answer: dict[str, Any]) -> dict[str, str]:
    return {"source_record_id": answer["source_record_id"]}


async def test_two_who_share_a_phone_are_told_what_contradicts(house: House) -> None:
    anna = await house.put("1", phones=["+33612345678"], given_name="Anna", family_name="Rossi")
    paul = await house.put("2", phones=["+33612345678"], given_name="Paul", family_name="Rossi")

    told = await why(house, customer(anna), customer(paul))

    assert not told["are_one"]
    assert told["reasons"][0] == "contradicted"
    assert told["contradictions"] == ["given-name"]
    [shared] = told["shared"]
    assert (shared["kind"], shared["value"], shared["standing"]) == ("phone", "…78", "counts")
    [judgement] = told["judgements"]
    assert judgement["verdict"] == "unsure"


async def test_the_parts_of_the_waterfall_add_up_to_the_weight(house: House) -> None:
    one = await house.put("1", given_name="Anna", family_name="Rossi", emails=["a@example.com"])
    other = await house.put("2", given_name="Anne", family_name="Rossi", emails=["b@example.com"])

    comparison = (await why(house, record(one), record(other)))["comparison"]

    assert comparison["model"] == "default-1"
    assert sum(part["bits"] for part in comparison["parts"]) == pytest.approx(comparison["weight"])
    assert comparison["mean"] == pytest.approx(comparison["weight"])
    assert comparison["thresholds"]["link"] > comparison["thresholds"]["review"]


async def test_one_customer_is_told_the_chain_of_judgements_that_made_it_one(
    house: House,
) -> None:
    first = await house.put("1", cards=["CARD-1"])
    await house.put("2", cards=["CARD-1"], emails=["a@example.com"])
    last = await house.put("3", emails=["a@example.com"])

    told = await why(house, record(first), record(last))

    assert told["are_one"]
    assert told["reasons"] == ["joined"]
    assert [judgement["rule"] for judgement in told["path"]] == ["shared-card", "shared-email"]


async def test_a_retired_id_stands_for_the_records_it_had(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    await merge(house, older["customer_id"], younger["customer_id"])

    told = await why(house, customer(older), customer(younger))

    assert told["are_one"]
    assert told["right"]["retired_id"] == younger["customer_id"]
    assert (told["left"]["source_records"], told["right"]["source_records"]) == (1, 1)
    assert [judgement["judge"] for judgement in told["path"]] == ["person"]


async def test_whom_a_person_took_apart_is_told_first_with_who_and_why(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", phones=["+33612345678"])
    await house.put("3", emails=["a@example.com"], phones=["+33612345678"])
    await unmerge(house, older["customer_id"], younger["customer_id"])

    told = await why(house, customer(older), customer(younger))

    assert told["reasons"][0] == "kept-apart"
    assert "kept-apart" in told["contradictions"]
    assert told["kept_apart"][0]["reason"] == "two cousins"
    assert told["kept_apart"][0]["by"] == {"client": "till", "person": None}


async def test_a_value_that_too_many_share_is_told_to_count_for_nothing(house: House) -> None:
    names = ("Anna", "Paul", "Kenji", "Olga", "Xavier", "Uma", "Bert")
    answers = [
        await house.put(name, given_name=name, family_name=name, phones=["+33612345678"])
        for name in names
    ]

    told = await why(house, customer(answers[0]), customer(answers[-1]))

    assert told["shared"][0]["standing"] == "crowded"
    assert "identifiers-crowded" in told["reasons"]


async def test_strangers_share_nothing_and_the_nameless_cannot_be_compared(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    nobody = await house.put("2")

    told = await why(house, customer(anna), customer(nobody))

    assert told["shared"] == []
    assert told["reasons"][0] == "nothing-shared"


async def test_when_nothing_keeps_two_apart_any_more_they_join_when_told_anew(
    house: House,
) -> None:
    blocked = {"kind": "email", "value": "desk@example.com", "reason": "the shop's own"}
    block = (await house.http.post("/v1/blocked-identifiers", json=blocked)).json()
    one = await house.put("1", emails=["desk@example.com"])
    other = await house.put("2", emails=["desk@example.com"])

    before = await why(house, customer(one), customer(other))
    await house.http.delete(f"/v1/blocked-identifiers/{block['id']}")
    after = await why(house, customer(one), customer(other))

    assert before["shared"][0]["standing"] == "blocked"
    assert before["reasons"][0] == "identifiers-crowded"
    assert after["reasons"] == ["not-told-since"]


async def test_people_are_given_sentences_and_a_waterfall(house: House) -> None:
    left, right = await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "reject", **ANNA)
    body = {"left": {"customer_id": left}, "right": {"customer_id": right}}

    asked = await house.http.post(f"{WHY}?format=text", json=body)
    preferred = await house.http.post(WHY, json=body, headers={"Accept": "text/plain"})

    assert asked.text == preferred.text
    assert asked.headers["content-type"].startswith("text/plain")
    for words in (
        "are two customers.",
        "A person keeps them apart",
        "phone …01: counts",
        "keep-apart by anna: I asked her",
        "sum",
    ):
        assert words in asked.text


async def test_what_cannot_be_explained_is_refused(house: House) -> None:
    one = await house.put("1")
    unknown = {"source_record_id": "src_01jzq3v5c8e7m9r2t4w6y8a0bg"}
    both = {**customer(one), **record(one)}

    answers = [
        await house.http.post(WHY, json={"left": customer(one), "right": right})
        for right in (customer(one), unknown, both, {"customer_id": "0000-0000-0000"})
    ]

    assert [answer.status_code for answer in answers] == [409, 404, 422, 404]


def test_the_chain_is_the_shortest_and_empty_where_none_leads() -> None:
    a, b, c, d = (UUID(int=number) for number in range(4))
    pairs = {UUID(int=10): (a, b), UUID(int=11): (b, c), UUID(int=12): (a, c)}

    assert chain(pairs, [a], [c]) == [UUID(int=12)]
    assert chain(pairs, [a], [d]) == []
    assert chain(pairs, [a], [a]) == []


def test_every_reason_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(Reason)
