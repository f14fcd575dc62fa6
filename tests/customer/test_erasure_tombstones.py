"""What comes back after an erasure: old copies are refused, a person who returns is new."""

from typing import Any

from sqlalchemy import text

from chassis.database import snapshot
from tests.customer.conftest import House
from tests.customer.erasing import erase

RECORD = {
    "channel": "shop",
    "country": "FR",
    "given_name": "Anna",
    "emails": ["anna@example.com"],
}
URL = "/v1/source-records/crm/anna@example.com"


async def put(house: House, **more: Any) -> Any:
    return await house.http.put(URL, json=RECORD | more)


async def test_an_old_copy_of_an_erased_record_is_refused(house: House) -> None:
    anna = (await put(house)).json()
    await erase(house, anna["customer_id"])

    again = await put(house)
    read = await house.http.get(URL)

    for refused in (again, read):
        assert refused.status_code == 410
        assert refused.json()["type"] == "urn:carnet:problem:customer-erased"
        assert "after_erasure" in refused.json()["detail"]
    assert await house.count("source_records") == 0


async def test_an_old_copy_in_a_batch_is_refused_and_spoils_no_other(house: House) -> None:
    anna = (await put(house)).json()
    await erase(house, anna["customer_id"])
    items = [
        {"source": "crm", "external_id": name, **RECORD}
        for name in ("paul@example.com", "anna@example.com", "olga@example.com")
    ]

    answer = await house.http.post("/v1/source-records/batch", json=items)

    assert [item["status"] for item in answer.json()] == [200, 410, 200]


async def test_an_old_copy_with_an_idempotency_key_is_refused(house: House) -> None:
    anna = (await put(house)).json()
    await erase(house, anna["customer_id"])

    answer = await house.http.put(URL, json=RECORD, headers={"Idempotency-Key": "again"})

    assert answer.status_code == 410


async def test_a_person_who_comes_back_gets_a_new_id(house: House) -> None:
    anna = (await put(house)).json()
    await erase(house, anna["customer_id"])

    back = await house.put("new card", source="till", emails=["anna@example.com"])

    assert back["outcome"] == "created"
    assert back["customer_id"] != anna["customer_id"]
    assert (await house.http.get(f"/v1/customers/{anna['customer_id']}")).status_code == 410


async def test_a_source_may_say_that_the_person_came_back_under_its_old_id(house: House) -> None:
    anna = (await put(house)).json()
    await erase(house, anna["customer_id"])

    back = await put(house, after_erasure=True)
    later = await put(house)

    assert back.status_code == 200
    assert back.json()["outcome"] == "created"
    assert back.json()["customer_id"] != anna["customer_id"]
    assert back.json()["source_record_id"] != anna["source_record_id"]
    assert later.json()["outcome"] == "unchanged"
    assert later.json()["customer_id"] == back.json()["customer_id"]


async def test_saying_so_changes_nothing_of_a_record_that_was_never_erased(house: House) -> None:
    first = await put(house)
    again = await put(house, after_erasure=True)

    assert again.json()["outcome"] == "unchanged"
    assert again.json()["customer_id"] == first.json()["customer_id"]


async def test_what_is_remembered_of_a_record_is_a_hash_that_nobody_can_guess(
    house: House,
) -> None:
    anna = (await put(house)).json()
    await erase(house, anna["customer_id"])

    async with snapshot(house.database) as connection:
        [row] = (await connection.execute(text("SELECT * FROM erased_records"))).mappings()
    assert len(row["key_hash"]) == 32
    assert set(row) == {"key_hash", "erasure_id", "erased_at"}
    other = await house.http.put("/v1/source-records/till/anna@example.com", json=RECORD)
    assert other.status_code == 200


async def test_a_customer_who_comes_back_can_be_erased_again(house: House) -> None:
    anna = (await put(house)).json()
    first = await erase(house, anna["customer_id"])
    back = (await put(house, after_erasure=True)).json()

    second = await erase(house, back["customer_id"])

    assert second["erasure_id"] != first["erasure_id"]
    assert (await put(house)).status_code == 410
