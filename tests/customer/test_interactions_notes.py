"""Notes: written by people, changed only as they were read, and read by whom they are for."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.customer.conftest import House


async def write(house: House, customer_id: str, **note: Any) -> httpx.Response:
    path = f"/v1/customers/{customer_id}/notes"
    body = {"text": "Likes tea.", **note}
    return await house.http.post(path, json=body, headers={"X-Actor": "clerk-7"})


async def written(house: House, customer_id: str, **note: Any) -> str:
    answer = await write(house, customer_id, **note)
    assert answer.status_code == 201, answer.text
    return f"/v1/customers/{customer_id}/notes/{answer.json()['note_id']}"


async def texts(house: House, customer_id: str, **query: str) -> list[str]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/notes", params=query)
    assert answer.status_code == 200, answer.text
    return [note["text"] for note in answer.json()["items"]]


async def test_a_note_is_read_with_who_wrote_it(house: House) -> None:
    put = await house.put("1")

    path = await written(
        house, put["customer_id"], text=" 緑茶\nor tea ", source_record_id=put["source_record_id"]
    )

    answer = await house.http.get(path)
    note = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert (note["text"], note["client_id"], note["actor"]) == ("緑茶\nor tea", "till", "clerk-7")
    assert (note["visibility"], note["pinned"]) == ("house", False)
    assert note["source_record_id"] == put["source_record_id"]


async def test_pinned_notes_stand_first_and_then_the_newest(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    for text, pinned in (("a", False), ("b", True), ("c", False)):
        await written(house, customer_id, text=text, pinned=pinned)

    assert await texts(house, customer_id) == ["b", "c", "a"]


async def test_a_stores_note_is_read_by_that_store_alone(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await written(house, customer_id, text="all")
    path = await written(house, customer_id, text="ours", visibility="store", store="ginza")

    assert await texts(house, customer_id) == ["all"]
    assert await texts(house, customer_id, store="paris") == ["all"]
    assert await texts(house, customer_id, store="ginza") == ["ours", "all"]
    assert (await house.http.get(path)).status_code == 404
    assert (await house.http.get(path, params={"store": "ginza"})).status_code == 200
    elsewhere = await house.http.delete(path, headers={"If-Match": "*"})
    assert elsewhere.status_code == 404


async def test_a_note_is_changed_as_it_was_read_or_not_at_all(house: House) -> None:
    path = await written(house, (await house.put("1"))["customer_id"])
    change = {"text": "Likes coffee.", "pinned": True}

    without = await house.http.put(path, json=change)
    first = await house.http.put(path, json=change, headers={"If-Match": '"1"'})
    late = await house.http.put(path, json={"text": "x"}, headers={"If-Match": '"1"'})
    same = await house.http.put(path, json=change, headers={"If-Match": '"2"'})
    bad = await house.http.put(path, json=change, headers={"If-Match": "2"})

    assert [one.status_code for one in (without, first, late, same, bad)] == [
        428,
        200,
        412,
        200,
        422,
    ]
    assert first.headers["ETag"] == same.headers["ETag"] == '"2"'
    assert (await house.http.get(path)).json()["text"] == "Likes coffee."


async def test_of_racing_changes_one_wins(house: House) -> None:
    path = await written(house, (await house.put("1"))["customer_id"])

    answers = await asyncio.gather(
        *(
            house.http.put(path, json={"text": f"t{n}"}, headers={"If-Match": '"1"'})
            for n in range(12)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 11


async def test_a_note_is_deleted_for_good(house: House) -> None:
    path = await written(house, (await house.put("1"))["customer_id"])

    answers = [
        await house.http.delete(path),
        await house.http.delete(path, headers={"If-Match": '"7"'}),
        await house.http.delete(path, headers={"If-Match": '"1"'}),
        await house.http.delete(path, headers={"If-Match": '"1"'}),
    ]

    assert [answer.status_code for answer in answers] == [428, 412, 204, 404]
    assert await house.count("notes") == 0


async def test_one_customers_note_is_not_found_at_another(house: House) -> None:
    path = await written(house, (await house.put("1"))["customer_id"])
    other = (await house.put("2"))["customer_id"]
    astray = f"/v1/customers/{other}/notes/{path.rpartition('/')[2]}"

    assert (await house.http.get(astray)).status_code == 404
    assert (await house.http.delete(astray, headers={"If-Match": "*"})).status_code == 404


@pytest.mark.parametrize(
    ("note", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "a\u0000b"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"visibility": "world"}, "visibility"),
        ({"visibility": "store"}, "store"),
        ({"pinned": "maybe"}, "pinned"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_note_that_cannot_be_is_refused_by_field(
    house: House, note: dict[str, Any], field: str
) -> None:
    answer = await write(house, (await house.put("1"))["customer_id"], **note)

    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert await house.count("notes") == 0


async def test_nobodys_notes_are_not_found(house: House) -> None:
    nobody = "7K3M-92QX-F4TF"

    assert (await write(house, nobody)).status_code == 404
    assert (await house.http.get(f"/v1/customers/{nobody}/notes")).status_code == 404


async def test_an_idempotency_key_writes_once_and_no_text_is_remembered_or_announced(
    house: House,
) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    path, headers = f"/v1/customers/{customer_id}/notes", {"Idempotency-Key": "k-1"}

    answers = [
        await house.http.post(path, json={"text": "a secret"}, headers=headers) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert await house.count("notes") == 1
    assert "secret" not in str(await house.events())
    assert "secret" not in answers[1].text


async def test_notes_come_page_by_page_each_once_the_pinned_first(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    for number in range(5):
        await written(house, customer_id, text=str(number), pinned=number in {1, 3})
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    for size in (2, 2, 1):
        answer = await house.http.get(f"/v1/customers/{customer_id}/notes", params=query)
        page = answer.json()
        assert len(page["items"]) == size
        seen += [note["text"] for note in page["items"]]
        query["cursor"] = page["next_cursor"]

    assert query["cursor"] is None
    assert seen == ["3", "1", "4", "2", "0"]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "201"}, {"cursor": "WzEsMl0"}])
async def test_a_page_of_notes_is_bounded_and_its_cursor_is_one_that_was_given(
    house: House, query: dict[str, str]
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answer = await house.http.get(f"/v1/customers/{customer_id}/notes", params=query)

    assert answer.status_code == 422
