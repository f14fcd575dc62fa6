"""What comes back after an erasure: old copies are refused, a person who returns is new."""

from typing import Any

import orjson
import pytest
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


ELSEWHERE: dict[str, tuple[str, dict[str, Any]]] = {
    "merge": ("customers/{other}/merge", {"other_customer_id": "{erased}", "reason": "same"}),
    "relationship": (
        "relationships",
        {
            "type": "referrer-of",
            "from": {"customer_id": "{other}"},
            "to": {"customer_id": "{erased}"},
            "source": "crm",
        },
    ),
    "interaction": (
        "interactions",
        {
            "customer_id": "{erased}",
            "source": "crm",
            "channel": "phone",
            "begun_by": "customer",
            "at": "2026-03-01T10:00:00Z",
        },
    ),
    "appointment": (
        "appointments",
        {
            "customer_id": "{erased}",
            "source": "crm",
            "store": "ginza",
            "advisor": "a-7",
            "starts_at": "2026-03-01T10:00:00Z",
            "ends_at": "2026-03-01T11:00:00Z",
        },
    ),
    "explanation": (
        "explanations/why",
        {"left": {"customer_id": "{other}"}, "right": {"customer_id": "{erased}"}},
    ),
}


def named(template: dict[str, Any], **ids: str) -> Any:
    """Put ids into a body."""
    body = orjson.dumps(template).decode()
    for name, customer_id in ids.items():
        body = body.replace(f"{{{name}}}", customer_id)
    return orjson.loads(body)


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_an_erased_id_in_a_body_is_answered_as_one_in_the_path(
    house: House, where: str
) -> None:
    erased = (await put(house)).json()["customer_id"]
    other = (await house.put("other", source="till"))["customer_id"]
    await erase(house, erased)
    path, body = ELSEWHERE[where]

    answer = await house.http.post(
        f"/v1/{path.format(other=other)}", json=named(body, erased=erased, other=other)
    )

    assert (answer.status_code, answer.json()["type"]) == (
        410,
        "urn:carnet:problem:customer-erased",
    ), answer.text


async def test_an_erased_id_in_a_list_spoils_no_other(house: House) -> None:
    erased = (await put(house)).json()["customer_id"]
    other = (await house.put("other", source="till"))["customer_id"]
    await erase(house, erased)
    _, body = ELSEWHERE["interaction"]

    told = await house.http.post(
        "/v1/interactions/batch",
        json=[named(body, erased=each) for each in (other, erased)],
    )
    checked = await house.http.post(
        "/v1/customers/communication-checks",
        json={"purpose": "marketing", "channel": "email", "customer_ids": [other, erased]},
    )

    assert [item["status"] for item in told.json()] == [200, 410]
    assert told.json()[1]["problem"]["type"].endswith("customer-erased")
    assert checked.json()["items"][1]["reasons"] == ["customer-erased"]
