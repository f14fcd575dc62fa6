"""Merging and unmerging by a person: what comes back, what stays, and what is refused."""

from typing import Any

from sqlalchemy import text

from chassis.database import snapshot
from tests.customer.conftest import House

BUSINESS = {
    "customers": "id, brand, legal_entity, home_region, created_at, retired_at",
    "source_records": "*",
    "identifiers": "*",
    "search_keys": "*",
    "record_traits": "*",
    "blocking_keys": "*",
    "customer_aliases": "*",
}


async def state(house: House) -> dict[str, list[Any]]:
    """Give every business column of what a merge changes."""
    async with snapshot(house.database) as connection:
        return {
            table: sorted(
                map(
                    repr,
                    await connection.execute(text(f"SELECT {columns} FROM {table}")),  # noqa: S608
                )
            )
            for table, columns in BUSINESS.items()
        }


async def merge(house: House, left: str, right: str) -> dict[str, Any]:
    body = {"other_customer_id": right, "reason": "same passport"}
    answer = await house.http.post(f"/v1/customers/{left}/merge", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def unmerge(house: House, customer: str, retired: str, **more: Any) -> dict[str, Any]:
    body = {"retired_id": retired, "reason": "two cousins", **more}
    answer = await house.http.post(f"/v1/customers/{customer}/unmerge", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def owner(house: House, external_id: str) -> str:
    answer = await house.http.get(f"/v1/source-records/till/{external_id}")
    return answer.json()["customer_id"]


async def leads_to(house: House, customer_id: str) -> str:
    return (await house.http.get(f"/v1/aliases/{customer_id}")).json()["customer_id"]


async def test_merge_then_unmerge_leaves_every_business_column_as_it_was(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"], given_name="Anna")
    younger = await house.put("2", phones=["+33612345678"], given_name="Paul")
    await house.put("3", phones=["+33612345678"], given_name="Paul")
    before = await state(house)

    merged = await merge(house, younger["customer_id"], older["customer_id"])
    unmerged = await unmerge(house, older["customer_id"], younger["customer_id"])

    assert merged["survivor_id"] == unmerged["customer_id"] == older["customer_id"]
    assert merged["retired_id"] == unmerged["restored_id"] == younger["customer_id"]
    assert sorted(merged["source_record_ids"]) == sorted(unmerged["source_record_ids"])
    assert await state(house) == before


async def test_a_person_merges_whom_the_guard_keeps_apart(house: House) -> None:
    older = await house.put("1", phones=["+33612345678"], given_name="Anna")
    younger = await house.put("2", phones=["+33612345678"], given_name="Paul")
    assert older["customer_id"] != younger["customer_id"]

    await merge(house, older["customer_id"], younger["customer_id"])

    assert await owner(house, "2") == older["customer_id"]


async def test_both_are_announced_with_the_records_and_sequences_of_the_retired_id(
    house: House,
) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])

    await merge(house, older["customer_id"], younger["customer_id"])
    await unmerge(house, older["customer_id"], younger["customer_id"])

    told = [event for event in await house.events() if event[1] == younger["customer_id"]]
    assert [(kind, sequence) for kind, _, sequence, _ in told] == [
        ("customer.created.v1", 1),
        ("customer.merged.v1", 2),
        ("customer.unmerged.v1", 3),
    ]
    body = told[-1][3]
    assert body["customer_id"] == older["customer_id"]
    assert body["restored_id"] == younger["customer_id"]
    assert body["source_record_ids"] == [younger["source_record_id"]]
    assert body["retired_ids"] == []


async def test_a_record_that_came_since_stays_unless_it_is_named(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    await merge(house, older["customer_id"], younger["customer_id"])
    await house.put("3", cards=["CARD-2"])
    named = await house.put("4", cards=["CARD-2"])

    also = [named["source_record_id"]]
    await unmerge(house, older["customer_id"], younger["customer_id"], also_source_record_ids=also)

    assert await owner(house, "3") == older["customer_id"]
    assert await owner(house, "4") == await owner(house, "2") == younger["customer_id"]


async def test_a_record_that_changed_since_keeps_what_it_says_now(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"], given_name="Anna")
    await merge(house, older["customer_id"], younger["customer_id"])
    await house.put("2", cards=["CARD-2"], given_name="Annette")

    await unmerge(house, older["customer_id"], younger["customer_id"])

    restored = await house.customer(younger["customer_id"])
    assert restored["customer_id"] == younger["customer_id"]
    assert restored["given_name"] == "Annette"


async def test_a_chain_comes_apart_from_either_end(house: House) -> None:
    for first in ("middle", "last"):
        ids = {
            name: (await house.put(f"{first}-{name}", cards=[f"{first}-{name}"]))["customer_id"]
            for name in ("oldest", "middle", "last")
        }
        await merge(house, ids["middle"], ids["last"])
        await merge(house, ids["oldest"], ids["middle"])

        answer = await unmerge(house, ids["oldest"], ids[first])

        if first == "middle":
            assert answer["retired_ids"] == [ids["last"]]
            assert await leads_to(house, ids["last"]) == ids["middle"]
            assert await owner(house, "middle-last") == ids["middle"]
            await unmerge(house, ids["middle"], ids["last"])
        else:
            assert await owner(house, "last-middle") == ids["oldest"]
            await unmerge(house, ids["oldest"], ids["middle"])
        for name, customer_id in ids.items():
            assert await owner(house, f"{first}-{name}") == customer_id
            assert await leads_to(house, customer_id) == customer_id


async def test_a_machines_merge_is_undone_like_a_persons(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", phones=["+33612345678"])
    joining = await house.put("3", emails=["a@example.com"], phones=["+33612345678"])
    assert joining["outcome"] == "merged"

    await unmerge(house, older["customer_id"], younger["customer_id"])

    assert await owner(house, "2") == younger["customer_id"]
    assert await owner(house, "3") == older["customer_id"]


async def test_an_id_merged_again_after_it_was_restored_can_be_restored_again(
    house: House,
) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    for _ in range(2):
        await merge(house, older["customer_id"], younger["customer_id"])
        await unmerge(house, older["customer_id"], younger["customer_id"])

    assert await owner(house, "2") == younger["customer_id"]


async def test_records_that_intake_joined_wrongly_get_a_new_id(house: House) -> None:
    first = await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-1"])

    body = {"source_record_ids": [second["source_record_id"]], "reason": "her sister"}
    answer = await house.http.post(f"/v1/customers/{first['customer_id']}/split", json=body)

    assert answer.status_code == 200, answer.text
    new_id = answer.json()["restored_id"]
    assert new_id not in {first["customer_id"], second["customer_id"]}
    assert await owner(house, "2") == new_id
    kind, key, sequence, event = (await house.events())[-1]
    assert (kind, key, sequence) == ("customer.unmerged.v1", new_id, 1)
    assert event["retired_ids"] == []


async def test_undoing_what_was_not_done_is_refused(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    path = f"/v1/customers/{older['customer_id']}/unmerge"
    body = {"retired_id": younger["customer_id"], "reason": "cousins"}

    never = await house.http.post(path, json=body)
    await merge(house, older["customer_id"], younger["customer_id"])
    survivor = await house.http.post(path, json={**body, "retired_id": older["customer_id"]})
    await unmerge(house, older["customer_id"], younger["customer_id"])
    twice = await house.http.post(path, json=body)
    unknown = await house.http.post("/v1/customers/0000-0000-0000/unmerge", json=body)
    nameless = await house.http.post(path, json={**body, "retired_id": "0000-0000-0000"})

    assert [one.status_code for one in (never, survivor, twice, nameless)] == [409] * 4
    assert never.json()["type"].endswith("not-merged")
    assert never.json()["errors"][0]["field"] == "retired_id"
    assert unknown.status_code == 404


async def test_neither_side_may_be_left_without_a_record(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    await merge(house, older["customer_id"], younger["customer_id"])
    path = f"/v1/customers/{older['customer_id']}"
    every = [older["source_record_id"], younger["source_record_id"]]

    taken = await house.http.post(
        f"{path}/unmerge",
        json={
            "retired_id": younger["customer_id"],
            "also_source_record_ids": every,
            "reason": "x",
        },
    )
    split = await house.http.post(f"{path}/split", json={"source_record_ids": every, "reason": "x"})
    had_an_id = await house.http.post(
        f"{path}/split", json={"source_record_ids": every[1:], "reason": "x"}
    )

    assert (taken.status_code, split.status_code, had_an_id.status_code) == (409, 409, 409)
    assert taken.json()["type"].endswith("nothing-left")
    assert had_an_id.json()["type"].endswith("records-had-an-id")


async def test_all_records_of_a_third_id_are_not_taken_along(house: House) -> None:
    oldest = await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-2"])
    third = await house.put("3", cards=["CARD-3"])
    await merge(house, oldest["customer_id"], second["customer_id"])
    await merge(house, oldest["customer_id"], third["customer_id"])
    body = {
        "retired_id": second["customer_id"],
        "also_source_record_ids": [third["source_record_id"]],
        "reason": "x",
    }

    answer = await house.http.post(f"/v1/customers/{oldest['customer_id']}/unmerge", json=body)

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("records-had-an-id")


async def test_a_record_of_another_customer_cannot_be_taken_along(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    stranger = await house.put("3", cards=["CARD-3"])
    await merge(house, older["customer_id"], younger["customer_id"])
    body = {
        "retired_id": younger["customer_id"],
        "also_source_record_ids": [stranger["source_record_id"]],
        "reason": "x",
    }

    answer = await house.http.post(f"/v1/customers/{older['customer_id']}/unmerge", json=body)

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "also_source_record_ids"


async def test_one_customer_is_not_merged_with_itself(house: House) -> None:
    one = await house.put("1", cards=["CARD-1"])
    path = f"/v1/customers/{one['customer_id']}/merge"

    itself = await house.http.post(
        path, json={"other_customer_id": one["customer_id"], "reason": "x"}
    )
    reasonless = await house.http.post(
        path, json={"other_customer_id": one["customer_id"], "reason": "  "}
    )

    assert itself.status_code == 409
    assert reasonless.status_code == 422


async def test_the_same_request_again_merges_once(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    body = {"other_customer_id": younger["customer_id"], "reason": "x"}
    path = f"/v1/customers/{older['customer_id']}/merge"

    answers = [
        await house.http.post(path, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert await house.count("merges") == 1
