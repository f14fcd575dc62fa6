"""Unmerging: orders and returns go back with their source record, whatever arrives first."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, text

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.hot import hot_unit_of_work
from orders.consumers.customers import HANDLERS
from orders.store import tables
from orders.store.aliases import pass_gate
from tests.identity_story import Fact, Story, arrivals, record, shown, stories
from tests.orders.conftest import CLAIM, Body, MakeClient, Place, Rows, a_return, an_order

FORGET = """TRUNCATE orders, order_lines, order_references, returns, return_lines, outbox,
    customer_aliases, customer_moves, record_moves, erased_customers, erased_records, erasures"""
REMEMBERED = {"outbox", "inbox", "customer_moves", "record_moves"}
"""What was announced and what was told last: memory, and no customer's business."""


def owned(told: int, by: int | None) -> tuple[Body, dict[str, str]]:
    """Give the body's part and the headers by which a fact is told."""
    if by is None:
        return {"customer_id": shown(told)}, {}
    headers = {"Carnet-Customer-Id": shown(told), "Carnet-Source-Record-Id": record(by)}
    return {"customer": CLAIM}, headers


async def tell(client: httpx.AsyncClient, fact: Fact) -> str:
    """Place an order or register a return; gives where it can be read."""
    body, headers = owned(fact.told, fact.record)
    ref = f"fact-{fact.number}"
    if fact.number % 2:
        answer = await client.post(
            "/v1/returns", json=a_return(external_ref=ref, **body), headers=headers
        )
    else:
        answer = await client.post(
            "/v1/orders", json=an_order(external_ref=ref, **body), headers=headers
        )
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def follow(database: Database, *events: Incoming) -> None:
    for event in events:
        async with unit_of_work(database) as tx:
            await HANDLERS[event.type](tx, event)


async def everything(rows: Rows) -> dict[str, list[Body]]:
    """Read all tables that hold a customer's business."""
    kept: list[Table] = [
        table for table in tables.METADATA.sorted_tables if table.name not in REMEMBERED
    ]
    return {table.name: await rows(table) for table in kept}


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
async def test_any_arrival_ends_with_every_fact_where_it_belongs(
    make_client: MakeClient, database: Database, data: st.DataObject
) -> None:
    story, client = data.draw(stories()), make_client("orders:read", "orders:write")
    async with unit_of_work(database) as tx:
        await tx.execute(text(FORGET))
    places: dict[Fact, str] = {}
    for arrived in data.draw(arrivals(story)):
        if isinstance(arrived, Fact):
            places[arrived] = await tell(client, arrived)
        else:
            await follow(database, arrived)
    for fact, place in places.items():
        read = (await client.get(place)).json()
        owner = story.owner(fact)
        assert read["customer_id"] == (None if owner is None else shown(owner))
        assert (read["erased_at"] is not None) is (owner is None)
        has_record = owner is not None and fact.record is not None
        assert (read["source_record_id"] is not None) is has_record


async def test_a_merge_that_is_undone_leaves_every_table_as_it_was(
    client: httpx.AsyncClient, database: Database, rows: Rows
) -> None:
    story = Story()
    survivor, retired, older = story.come(), story.come(), story.come()
    await follow(database, story.merge(older, retired))
    for told, by in ((survivor, None), (retired, None), (older, None), (retired, retired)):
        await tell(client, story.tell(told, by))
        await tell(client, story.tell(told, by))
    before = await everything(rows)

    await follow(database, story.merge(retired, survivor))
    merged = await everything(rows)
    await follow(database, story.unmerge(retired))

    assert merged != before
    assert await everything(rows) == before


async def test_what_came_in_between_follows_its_source_record(
    client: httpx.AsyncClient, database: Database
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await follow(database, story.merge(retired, survivor))
    came = story.come(to=survivor)
    facts = [story.tell(survivor, by) for by in (survivor, retired, came, None)]
    places = [await tell(client, fact) for fact in facts]
    await follow(database, story.unmerge(retired, also=[came]))
    now = [(await client.get(place)).json()["customer_id"] for place in places]
    assert now == [shown(survivor), shown(retired), shown(retired), shown(survivor)]


async def test_a_return_follows_the_order_it_belongs_to(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    order = await place(customer_id=shown(retired))
    await follow(database, story.merge(retired, survivor))
    body: dict[str, Any] = a_return(order_id=order["order_id"])
    returned = (await client.post("/v1/returns", json=body)).headers["Location"]
    assert (await client.get(returned)).json()["customer_id"] == shown(survivor)
    await follow(database, story.unmerge(retired))
    assert (await client.get(returned)).json()["customer_id"] == shown(retired)


async def test_records_split_off_take_their_orders_to_the_new_id(
    client: httpx.AsyncClient, database: Database
) -> None:
    story = Story()
    first = story.come()
    second = story.come(to=first)
    stays, goes = story.tell(first, 0), story.tell(first, second)
    places = [await tell(client, stays), await tell(client, goes)]
    await follow(database, story.split([second]))
    now = [(await client.get(place)).json()["customer_id"] for place in places]
    assert now == [shown(first), shown(1)]
    listed = await client.get("/v1/orders", params={"customer_id": shown(first)})
    assert len(listed.json()["items"]) == 1


async def test_an_unmerge_misses_no_order_that_is_being_placed(
    client: httpx.AsyncClient, database: Database
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await follow(database, story.merge(retired, survivor))
    facts = [story.tell(survivor, (None, retired)[each // 2 % 2]) for each in range(80)]
    telling = [tell(client, fact) for fact in facts]
    places, _ = await asyncio.gather(
        asyncio.gather(*telling), follow(database, story.unmerge(retired))
    )
    for fact, place in zip(facts, places, strict=True):
        owner = story.owner(fact)
        assert owner is not None
        assert (await client.get(place)).json()["customer_id"] == shown(owner)


async def test_an_erasure_waits_for_orders_that_are_being_placed(
    client: httpx.AsyncClient, database: Database
) -> None:
    story = Story()
    number = story.come()
    async with hot_unit_of_work(database) as (_, connection):
        await pass_gate(connection)
        erasing = asyncio.create_task(follow(database, story.erase(number)))
        await asyncio.sleep(0.2)
        assert not erasing.done()
    await erasing
    answer = await client.get("/v1/orders", params={"customer_id": shown(number)})
    assert answer.status_code == 410


async def test_an_unmerge_told_twice_changes_nothing_more(
    client: httpx.AsyncClient, database: Database, rows: Rows
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await tell(client, story.tell(retired, retired))
    merge, unmerge = story.merge(retired, survivor), story.unmerge(retired)
    await follow(database, merge, unmerge)
    once = await everything(rows)
    await follow(database, unmerge, merge, unmerge)
    assert await everything(rows) == once
