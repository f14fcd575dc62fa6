"""Whom a person took apart, no machine joins again, whatever arrives later."""

from sqlalchemy import text

from tests.customer.conftest import House
from tests.customer.test_steward_queue import ANNA, decide, doubt, owner, queue
from tests.customer.test_unmerge import merge, unmerge


async def apart(house: House) -> tuple[str, str]:
    """Two customers whom a machine had joined and a person took apart."""
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", phones=["+33612345678"])
    await house.put("3", emails=["a@example.com"], phones=["+33612345678"])
    await unmerge(house, older["customer_id"], younger["customer_id"])
    return older["customer_id"], younger["customer_id"]


async def test_a_record_that_matches_both_goes_to_the_stronger_side_and_joins_nobody(
    house: House,
) -> None:
    older, younger = await apart(house)

    answer = await house.put("4", emails=["a@example.com"], phones=["+33612345678"])

    assert answer["customer_id"] == older
    assert (await owner(house, "1"), await owner(house, "2")) == (older, younger)


async def test_an_update_that_points_to_the_other_side_joins_nobody(house: House) -> None:
    older, younger = await apart(house)

    await house.put("2", phones=["+33612345678"], emails=["a@example.com"])
    await house.put("1", phones=["+33612345678"], emails=["a@example.com"], cards=["CARD-1"])

    assert (await owner(house, "1"), await owner(house, "2")) == (older, younger)


async def test_they_stay_apart_after_one_of_them_was_merged_into_a_third(house: House) -> None:
    oldest = await house.put("0", cards=["CARD-0"])
    _, younger = await apart(house)
    await house.put("1", emails=["a@example.com"], cards=["CARD-0"])
    assert await owner(house, "1") == oldest["customer_id"]

    await house.put("5", cards=["CARD-0"], phones=["+33612345678"])

    assert await owner(house, "2") == younger


async def test_rejected_customers_are_not_joined_by_a_stronger_identifier(house: House) -> None:
    older, younger = await doubt(house)
    [candidate] = await queue(house)
    await decide(house, candidate, "reject", **ANNA)

    await house.put("1a", phones=["+33612340001"], given_name="Anna", cards=["CARD-1"])
    await house.put("1b", phones=["+33612340001"], given_name="Anna", cards=["CARD-1"])

    assert (await owner(house, "1a"), await owner(house, "1b")) == (older, younger)


async def test_a_split_record_told_again_stays_where_the_person_put_it(house: House) -> None:
    first = await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-1"])
    body = {"source_record_ids": [second["source_record_id"]], "reason": "her sister"}
    answer = await house.http.post(f"/v1/customers/{first['customer_id']}/split", json=body)
    new_id = answer.json()["restored_id"]

    await house.put("2", cards=["CARD-1"], given_name="Nina")
    await house.put("1", cards=["CARD-1"], given_name="Nina")

    assert (await owner(house, "1"), await owner(house, "2")) == (first["customer_id"], new_id)


async def test_a_person_who_merges_them_after_all_lifts_what_kept_them_apart(house: House) -> None:
    older, younger = await apart(house)

    await merge(house, older, younger)

    assert await owner(house, "2") == older
    async with house.database.engine.connect() as connection:
        lifted = await connection.execute(text("SELECT lifted_at IS NOT NULL FROM kept_apart"))
        assert set(lifted.scalars()) == {True}


async def test_a_group_that_keeps_a_third_apart_is_not_lifted_with_it(house: House) -> None:
    first = await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-2"])
    third = await house.put("3", cards=["CARD-3"])
    await merge(house, first["customer_id"], second["customer_id"])
    await merge(house, first["customer_id"], third["customer_id"])
    await unmerge(house, first["customer_id"], third["customer_id"])
    await unmerge(house, first["customer_id"], second["customer_id"])

    await merge(house, second["customer_id"], third["customer_id"])
    await house.put("4", cards=["CARD-1", "CARD-3"])

    assert await owner(house, "1") == first["customer_id"]
    assert await owner(house, "3") == second["customer_id"]
