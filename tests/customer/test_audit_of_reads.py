"""The audit of reads: who read whom, noted beside the read and written each second."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database, snapshot
from chassis.global_ids import new_global_id
from customer.domain.reads import Read
from customer.jobs.write_reads import keep_writing_reads
from customer.use_cases.note_reads import ReadLog
from tests.customer.conftest import House

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def reads(house: House, customer_id: str, **params: Any) -> list[dict[str, Any]]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/reads", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def read_of(customer_id: str) -> Read:
    return Read(customer_id, "till", None, "customer", None)


async def test_a_read_is_noted_with_who_and_what_for(house: House) -> None:
    customer_id = (await house.put("1", given_name="Aiko"))["customer_id"]

    await house.http.get(
        f"/v1/customers/{customer_id}", headers={"X-Actor": "clerk.7", "X-Purpose": "complaint"}
    )

    [read] = await reads(house, customer_id)
    assert (read["client_id"], read["person"], read["what"]) == ("till", "clerk.7", "customer")
    assert (read["purpose"], read["times"], read["customer_id"]) == ("complaint", 1, customer_id)


async def test_a_search_is_noted_by_whom_it_found_and_never_by_what_was_typed(
    house: House,
) -> None:
    one = (await house.put("1", full_name="Aiko Sato"))["customer_id"]
    two = (await house.put("2", full_name="Aiko Tanaka"))["customer_id"]
    other = (await house.put("3", full_name="Paul"))["customer_id"]

    await house.search(name="Aiko")

    assert [read["what"] for read in await reads(house, one)] == ["search"]
    assert len(await reads(house, two)) == 1
    assert await reads(house, other) == []
    async with snapshot(house.database) as connection:
        rows = (await connection.execute(text("SELECT * FROM customer_reads"))).all()
    assert "aiko" not in str(rows).lower()


async def test_every_way_to_a_customer_is_noted(house: House) -> None:
    customer_id = (await house.put("1", given_name="Aiko"))["customer_id"]
    await house.http.get(f"/v1/customers/{customer_id}")
    await house.http.get(f"/v1/customers/{customer_id}/source-records")
    await house.http.get("/v1/source-records/till/1")
    await house.http.get(f"/v1/customers/{customer_id}/consents")
    await reads(house, customer_id)

    noted = {read["what"] for read in await reads(house, customer_id)}

    assert noted == {"customer", "source-records", "source-record", "consents", "reads"}


async def test_reads_of_a_retired_id_are_the_survivors(house: House) -> None:
    older = (await house.put("1", given_name="Anna"))["customer_id"]
    younger = (await house.put("2", given_name="Paul"))["customer_id"]
    await house.customer(younger)
    await reads(house, older)
    body = {"other_customer_id": younger, "reason": "same passport"}
    await house.http.post(f"/v1/customers/{older}/merge", json=body)

    listed = await reads(house, younger)

    assert (younger, "customer") in [(read["customer_id"], read["what"]) for read in listed]
    assert (older, "reads") in [(read["customer_id"], read["what"]) for read in listed]


async def test_reads_are_listed_page_by_page_the_latest_first(house: House) -> None:
    customer_id = (await house.put("1", given_name="Aiko"))["customer_id"]
    for number in range(5):
        await house.http.get(
            f"/v1/customers/{customer_id}", headers={"X-Purpose": f"purpose-{number}"}
        )
    path = f"/v1/customers/{customer_id}/reads"
    seen: list[str] = []
    cursor: str | None = None

    while len(seen) < 5:
        params = {"limit": "2"} | ({} if cursor is None else {"cursor": cursor})
        page = (await house.http.get(path, params=params)).json()
        seen += [read["purpose"] for read in page["items"] if read["what"] == "customer"]
        cursor = page["next_cursor"]

    assert seen == [f"purpose-{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Purpose": "because I want to"},
        {"X-Purpose": "a" * 65},
        {"X-Actor": "a" * 65},
        {"X-Actor": "two words"},
        {"X-Actor": ""},
    ],
)
async def test_a_header_that_names_nothing_is_refused(
    house: House, headers: dict[str, str]
) -> None:
    customer_id = (await house.put("1", given_name="Aiko"))["customer_id"]

    answer = await house.http.get(f"/v1/customers/{customer_id}", headers=headers)

    assert answer.status_code == 422


async def test_nobody_reads_who_read_a_stranger(house: House) -> None:
    path = f"/v1/customers/{new_global_id()}/reads"

    assert (await house.http.get(path)).status_code == 404
    assert (await house.http.get(path, params={"cursor": "x"})).status_code == 422


async def test_the_same_read_within_a_second_is_one_row_with_its_number(house: House) -> None:
    log = ReadLog(house.database)

    for second in range(3):
        log.note(read_of("A"), NOW + timedelta(seconds=second))
    log.note(read_of("B"), NOW)
    await log.write()
    await log.write()

    async with snapshot(house.database) as connection:
        query = text("SELECT customer_id, times, read_at FROM customer_reads ORDER BY customer_id")
        rows = [tuple(row) for row in await connection.execute(query)]
    assert rows == [("A", 3, NOW), ("B", 1, NOW)]


async def test_reads_wait_for_a_database_out_of_reach_and_the_bound_is_told(
    house: House,
) -> None:
    log = ReadLog(Database.connect("postgresql://nobody@127.0.0.1:1/none"), bound=2)
    log.note(read_of("A"), NOW)

    with pytest.raises(ConnectionRefusedError):
        await log.write()
    for customer_id in ("A", "B", "C"):
        log.note(read_of(customer_id), NOW)

    assert (log.waiting, log.take_lost(), log.take_lost()) == (2, 1, 0)


async def test_looking_up_an_id_and_checking_whom_one_may_write_to_are_reads(
    house: House,
) -> None:
    customer_id = (await house.put("1", emails=["a@example.com"]))["customer_id"]
    other = (await house.put("2"))["customer_id"]
    question = {"purpose": "marketing", "channel": "email"}
    await house.http.get(f"/v1/aliases/{customer_id}")
    await house.http.post(f"/v1/customers/{customer_id}/communication-checks", json=question)
    campaign = {"customer_ids": [customer_id, other], **question}
    await house.http.post("/v1/customers/communication-checks", json=campaign)
    await house.http.get(f"/v1/exports/{customer_id}")

    noted = {read["what"]: read["times"] for read in await reads(house, customer_id)}

    assert noted == {"alias": 1, "communication-check": 2, "export": 1}
    assert [read["what"] for read in await reads(house, other)] == ["communication-check"]


async def test_a_page_of_ids_is_one_read_of_many_and_stands_with_each(house: House) -> None:
    ids = [(await house.put(str(number)))["customer_id"] for number in range(9)]
    await house.http.get("/v1/source-records/id-map", params={"source": "till"})
    await house.http.get("/v1/source-records/id-map")
    await house.http.get("/v1/aliases")
    await reads(house, ids[0])
    later = (await house.put("later"))["customer_id"]

    listed = await reads(house, ids[4])

    assert [(read["what"], read["customer_id"]) for read in listed] == [
        ("aliases", None),
        ("id-map", None),
        ("id-map:till", None),
    ]
    assert await house.count("customer_reads") == 4
    assert await reads(house, later) == []


async def test_telling_a_source_record_is_no_read(house: House) -> None:
    customer_id = (await house.put("1", emails=["a@example.com"]))["customer_id"]
    await house.put("2", emails=["a@example.com"])

    assert await reads(house, customer_id) == []


async def test_noting_a_read_costs_next_to_nothing(house: House) -> None:
    log = ReadLog(house.database)
    different = [read_of(str(number)) for number in range(10_000)]

    began = time.perf_counter()
    for read in different:
        log.note(read, NOW)
    seconds_each = (time.perf_counter() - began) / len(different)

    assert seconds_each < 0.000_2


async def test_what_waits_is_written_at_the_end(house: House) -> None:
    log = ReadLog(house.database)
    stop = asyncio.Event()
    writing = asyncio.create_task(keep_writing_reads(log, stop))
    await asyncio.sleep(0)
    for number in range(1000):
        log.note(read_of(str(number)), NOW)

    stop.set()
    await writing

    assert await house.count("customer_reads") == 1000
    assert log.waiting == 0
