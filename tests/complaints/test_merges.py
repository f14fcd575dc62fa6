"""Merges: complaints follow their customer, in whatever order the merges arrive."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations

import httpx
import pytest
from sqlalchemy import text

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import new_uuid
from complaints.consumers.customers import HANDLERS
from complaints.store import tables
from complaints.store.customer_aliases import shut_out_merges
from tests.complaints.conftest import Count, a_complaint

A, B, C, D = (new_global_id(lambda _bits, n=n: n) for n in range(4))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def merged(retired: str, survivor: str) -> Incoming:
    body = (
        f'{{"survivor_id": "{show_global_id(survivor)}", "retired_id": "{show_global_id(retired)}",'
        f' "source_record_ids": [], "merged_at": "2026-03-02T12:00:00Z"}}'
    )
    return Incoming(
        id=str(new_uuid()),
        topic="customers",
        type="customer.merged.v1",
        key=show_global_id(retired),
        sequence=1,
        at=NOON,
        traceparent=None,
        data=body.encode(),
    )


async def follow(database: Database, *merges: tuple[str, str]) -> None:
    for retired, survivor in merges:
        async with unit_of_work(database) as tx:
            await HANDLERS["customer.merged.v1"](tx, merged(retired, survivor))


async def file(client: httpx.AsyncClient, customer_id: str) -> str:
    answer = await client.post("/v1/complaints", json=a_complaint(customer_id=customer_id))
    assert answer.status_code == 201, answer.text
    return answer.json()["complaint_id"]


async def customer_of(client: httpx.AsyncClient, complaint_id: str) -> str:
    return (await client.get(f"/v1/complaints/{complaint_id}")).json()["customer_id"]


@pytest.mark.parametrize("order", list(permutations([(A, B), (B, C), (C, D)])))
async def test_a_chain_of_merges_ends_with_its_last_survivor_in_any_order(
    client: httpx.AsyncClient, database: Database, order: Sequence[tuple[str, str]]
) -> None:
    filed = [await file(client, customer) for customer in (A, B, C, D)]
    await follow(database, *order)
    assert {await customer_of(client, complaint) for complaint in filed} == {show_global_id(D)}
    for asked in (A, B, C, D):
        listed = await client.get("/v1/complaints", params={"customer_id": asked})
        assert len(listed.json()["items"]) == 4


async def test_a_complaint_filed_under_a_retired_id_is_the_survivors(
    client: httpx.AsyncClient, database: Database
) -> None:
    await follow(database, (B, C), (A, B))
    assert await customer_of(client, await file(client, A)) == show_global_id(C)


async def test_a_merge_told_twice_changes_nothing_more(
    client: httpx.AsyncClient, database: Database, count: Count
) -> None:
    complaint = await file(client, A)
    await follow(database, (A, B), (A, B))
    assert await customer_of(client, complaint) == show_global_id(B)
    assert await count(tables.customer_aliases) == 1


async def test_a_merge_keeps_the_source_record(
    client: httpx.AsyncClient, database: Database
) -> None:
    record = "src_01jzq3v5c8e7m9r2t4w6y8a0be"
    filed = await client.post(
        "/v1/complaints",
        json=a_complaint(customer={"source": "web-fr", "external_id": "visitor-1"}),
        headers={"Carnet-Customer-Id": A, "Carnet-Source-Record-Id": record},
    )
    await follow(database, (A, B))
    read = (await client.get(f"/v1/complaints/{filed.json()['complaint_id']}")).json()
    assert (read["customer_id"], read["source_record_id"]) == (show_global_id(B), record)


async def test_merges_that_contradict_each_other_lose_no_complaint(
    client: httpx.AsyncClient, database: Database
) -> None:
    complaint = await file(client, A)
    await follow(database, (A, B), (B, A))
    assert await customer_of(client, complaint) == show_global_id(B)
    assert await customer_of(client, await file(client, C)) == show_global_id(C)


async def test_a_merge_waits_for_complaints_that_are_being_filed(database: Database) -> None:
    async with unit_of_work(database) as filing:
        await shut_out_merges(filing)
        merge = asyncio.create_task(follow(database, (A, B)))
        async with database.engine.connect() as watcher:
            waiting = 0
            while not waiting:
                await asyncio.sleep(0.01)
                waiting = await watcher.scalar(
                    text(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    )
                )
        assert not merge.done()
    await merge


async def test_complaints_filed_while_merges_arrive_all_reach_the_survivor(
    client: httpx.AsyncClient, database: Database
) -> None:
    filings = [file(client, customer) for customer in (A, B, C) * 8]
    filed, _ = await asyncio.gather(
        asyncio.gather(*filings), follow(database, (B, C), (A, B), (C, D))
    )
    assert {await customer_of(client, complaint) for complaint in filed} == {show_global_id(D)}
