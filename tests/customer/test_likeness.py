"""Recognition by likeness: no identifier is shared, and all that is told agrees."""

import asyncio
from typing import Any

from sqlalchemy import text

from chassis.database import unit_of_work
from customer.domain.linkage.blocking import BLOCK_CAP
from tests.customer.conftest import House

CLAIRE: dict[str, Any] = {
    "given_name": "Claire",
    "family_name": "Delaunay-Besson",
    "birth_date": "1984-03-17",
    "addresses": [{"lines": ["14 rue des Lilas"], "city": "Nantes", "postcode": "44000"}],
}
AT_ONCE = 64


async def test_a_person_is_recognised_without_any_identifier(house: House) -> None:
    first = await house.put("1", source="till-tokyo", **CLAIRE)

    second = await house.put("2", source="till-paris", **CLAIRE)

    assert second["customer_id"] == first["customer_id"]
    assert second["outcome"] == "found"
    assert second["matched_on"] == ["likeness"]


async def test_slips_of_the_pen_are_forgiven(house: House) -> None:
    first = await house.put("1", **CLAIRE)

    second = await house.put(
        "2", **{**CLAIRE, "given_name": "Clarie", "family_name": "Delaunay Beson"}
    )

    assert second["customer_id"] == first["customer_id"]


async def test_a_name_alone_joins_nobody(house: House) -> None:
    first = await house.put("1", given_name="Claire", family_name="Delaunay-Besson")

    second = await house.put("2", given_name="Claire", family_name="Delaunay-Besson")

    assert second["customer_id"] != first["customer_id"]


async def test_another_person_of_the_same_house_stays_another(house: House) -> None:
    first = await house.put("1", **CLAIRE)

    brother = await house.put(
        "2", **{**CLAIRE, "given_name": "Antoine", "birth_date": "1981-11-02"}
    )

    assert brother["customer_id"] != first["customer_id"]


async def test_why_they_are_one_is_kept_as_a_judgement_of_the_model(house: House) -> None:
    await house.put("1", **CLAIRE)
    await house.put("2", **CLAIRE)

    [judgement] = await _judgements(house)

    assert (judgement["judge"], judgement["verdict"]) == ("model", "same")
    weight = sum(bits for _, _, bits in judgement["evidence"]["parts"])
    assert abs(weight - judgement["evidence"]["weight"]) < 1e-9
    assert "Delaunay" not in str(judgement["evidence"])


async def test_a_record_that_resembles_two_joins_them(house: House) -> None:
    told: dict[str, Any] = {**CLAIRE, "addresses": []}
    await house.put("1", **told, emails=["claire@example.com"])
    undated: dict[str, Any] = {**CLAIRE, "birth_date": None}
    other = await house.put("2", **undated, cards=["CARD-77"])

    bridge = await house.put("3", **CLAIRE, cards=["CARD-77"])

    assert bridge["outcome"] == "merged"
    assert (await house.customer(other["customer_id"]))["customer_id"] == bridge["customer_id"]


async def test_records_of_one_batch_recognise_each_other(house: House) -> None:
    batch = [
        {"source": "crm", "external_id": str(n), "channel": "web", "country": "FR", **CLAIRE}
        for n in range(5)
    ]

    answer = await house.http.post("/v1/source-records/batch", json=batch)

    assert len({item["result"]["customer_id"] for item in answer.json()}) == 1


async def test_many_tills_that_tell_a_new_person_at_once_get_one_id(house: House) -> None:
    answers = await asyncio.gather(
        *(house.put(str(n), source=f"till-{n}", **CLAIRE) for n in range(AT_ONCE))
    )

    assert len({answer["customer_id"] for answer in answers}) == 1
    assert await house.count("customers") == 1


async def test_a_record_that_changes_is_found_by_what_it_says_now(house: House) -> None:
    first = await house.put("1", given_name="Otto", family_name="Brandner")
    await house.put("1", **CLAIRE)

    found = await house.put("2", source="web", **CLAIRE)
    keys = await house.count("blocking_keys")
    entered = await _scalar(house, "SELECT sum(cardinality(keys)) FROM record_traits")

    assert found["customer_id"] == first["customer_id"]
    assert keys == entered


async def test_people_kept_apart_are_not_joined_by_likeness(house: House) -> None:
    first = await house.put("1", given_name="Claire", family_name="Delaunay-Besson")
    second = await house.put("2", given_name="Claire", family_name="Delaunay-Besson")
    await _keep_apart(house, first, second)

    for number, record in (("1", first), ("2", second)):
        answer = await house.put(number, **CLAIRE)
        assert answer["customer_id"] == record["customer_id"]

    third = await house.put("3", **CLAIRE)
    assert third["retired_ids"] == []


async def _judgements(house: House) -> list[dict[str, Any]]:
    async with unit_of_work(house.database) as tx:
        rows = await tx.execute(text("SELECT judge, verdict, evidence FROM judgements"))
        return [dict(row) for row in rows.mappings()]


async def _scalar(house: House, query: str) -> int:
    async with unit_of_work(house.database) as tx:
        value = await tx.scalar(text(query))
    assert value is not None
    return int(value)


async def _keep_apart(house: House, one: dict[str, Any], other: dict[str, Any]) -> None:
    answer = await house.http.post(
        f"/v1/customers/{one['customer_id']}/merge",
        json={"other_customer_id": other["customer_id"], "reason": "They look alike."},
    )
    assert answer.status_code == 200, answer.text
    answer = await house.http.post(
        f"/v1/customers/{answer.json()['survivor_id']}/unmerge",
        json={"retired_id": other["customer_id"], "reason": "They are cousins."},
    )
    assert answer.status_code == 200, answer.text


async def test_a_block_past_its_cap_is_passed_over(house: House) -> None:
    items = [
        {"source": "crm", "external_id": str(number), "channel": "shop", "country": "FR", **CLAIRE}
        for number in range(BLOCK_CAP)
    ]
    answer = await house.http.post("/v1/source-records/batch", json=items)
    [owner] = {item["result"]["customer_id"] for item in answer.json()}

    within = await house.put("within", **CLAIRE)
    past = await house.put("past", **CLAIRE)

    assert within["customer_id"] == owner
    assert past["customer_id"] != owner
