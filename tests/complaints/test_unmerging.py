"""Unmerging and erasing: complaints go back with their source record, or are nobody's."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from complaints.consumers.customers import HANDLERS
from complaints.store import tables
from tests.complaints.conftest import MakeClient, a_complaint
from tests.identity_story import Fact, Story, arrivals, record, shown, stories

FORGET = """TRUNCATE complaints, history_entries, outbox, idempotency, customer_aliases,
    customer_moves, record_moves, erased_customers, erased_records, erasures"""
REMEMBERED = {"outbox", "inbox", "customer_moves", "record_moves"}
"""What was announced and what was told last: memory, and no customer's business."""
PRIVATE = "Anna Nowak of Rue de Rivoli"


async def tell(client: httpx.AsyncClient, fact: Fact, **more: Any) -> str:
    """File a complaint; gives where it can be read."""
    headers: dict[str, str] = {}
    whose: dict[str, Any] = {"customer_id": shown(fact.told)}
    if fact.record is not None:
        whose = {"customer": {"source": "web-fr", "external_id": "1"}}
        headers = {
            "Carnet-Customer-Id": shown(fact.told),
            "Carnet-Source-Record-Id": record(fact.record),
        }
    body = a_complaint(external_ref=f"fact-{fact.number}", **whose, **more)
    answer = await client.post("/v1/complaints", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return f"/v1/complaints/{answer.json()['complaint_id']}"


async def follow(database: Database, *events: Incoming) -> None:
    for event in events:
        async with unit_of_work(database) as tx:
            await HANDLERS[event.type](tx, event)


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Read all tables that hold a customer's business."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.engine.connect() as connection:
        for table in tables.METADATA.sorted_tables:
            if table.name not in REMEMBERED:
                rows = await connection.execute(select(table).order_by(*table.primary_key.columns))
                found[table.name] = [dict(row) for row in rows.mappings()]
    return found


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
async def test_any_arrival_ends_with_every_complaint_where_it_belongs(
    make_client: MakeClient, database: Database, data: st.DataObject
) -> None:
    story, client = data.draw(stories()), make_client("complaints:read", "complaints:write")
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
        assert (read["text"] == "(erased)") is (owner is None)


async def test_a_merge_that_is_undone_leaves_every_table_as_it_was(
    client: httpx.AsyncClient, database: Database
) -> None:
    story = Story()
    survivor, retired, older = story.come(), story.come(), story.come()
    await follow(database, story.merge(older, retired))
    for told, by in ((survivor, None), (retired, None), (older, None), (retired, retired)):
        await tell(client, story.tell(told, by))
    before = await everything(database)

    await follow(database, story.merge(retired, survivor))
    merged = await everything(database)
    await follow(database, story.unmerge(retired))

    assert merged != before
    assert await everything(database) == before


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


async def test_an_erasure_leaves_nothing_that_was_said_and_tells_what_it_did(
    make_client: MakeClient, database: Database
) -> None:
    client = make_client("complaints:read", "complaints:write", "customers:privacy")
    story = Story()
    number = story.come()
    place = await tell(client, story.tell(number, number), subject=PRIVATE, text=PRIVATE)
    await client.post(
        f"{place}/answers",
        json={"text": f"Dear {PRIVATE}", "by": "agent-1"},
        headers={"Idempotency-Key": "answer-1"},
    )
    erased = story.erase(number)
    await follow(database, erased)
    await tell(client, story.tell(number, number), subject=PRIVATE, text=PRIVATE)
    late = await client.post(f"{place}/answers", json={"text": PRIVATE, "by": "agent-1"})
    assert late.status_code == 201

    assert PRIVATE not in str(await everything(database))
    [event] = [row for row in await _announced(database) if row["type"] == "complaints.erased.v1"]
    assert event["payload"]["erased"] == {"complaints": 1, "kept_answers": 1, "messages": 1}
    assert event["payload"]["kept"][0]["count"] == 1
    for path in (f"/v1/complaints?customer_id={shown(number)}", f"/v1/exports/{shown(number)}"):
        gone = await client.get(path)
        assert (gone.status_code, gone.json()["type"]) == (
            410,
            "urn:carnet:problem:customer-erased",
        )


async def test_an_erasure_that_comes_again_is_answered_again_and_takes_nothing_more(
    client: httpx.AsyncClient, database: Database
) -> None:
    story = Story()
    number = story.come()
    await tell(client, story.tell(number, None))
    erased = story.erase(number)
    await follow(database, erased)
    once = await everything(database)
    await follow(database, erased)
    assert await everything(database) == once
    answers = [
        row["payload"] for row in await _announced(database) if row["type"].endswith("erased.v1")
    ]
    assert answers[0] == answers[1]


async def test_the_export_holds_what_was_told_under_any_id(
    make_client: MakeClient, database: Database
) -> None:
    client = make_client("complaints:read", "complaints:write", "customers:privacy")
    story = Story()
    survivor, retired = story.come(), story.come()
    await tell(client, story.tell(survivor, None), text=PRIVATE)
    await tell(client, story.tell(retired, retired))
    await follow(database, story.merge(retired, survivor))
    answer = (await client.get(f"/v1/exports/{shown(retired)}")).json()
    assert answer["part"] == "complaints"
    assert {name: len(rows) for name, rows in answer["tables"].items()} == {
        "complaints": 2,
        "history_entries": 4,
        "linked_orders": 0,
        "customer_aliases": 1,
    }
    assert answer["tables"]["complaints"][0]["text"] == PRIVATE
    told = {row["told_customer_id"] for row in answer["tables"]["complaints"]}
    assert told == {shown(survivor), shown(retired)}


async def test_the_export_needs_its_own_scope(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/v1/exports/{shown(0)}")).status_code == 403


async def _announced(database: Database) -> list[dict[str, Any]]:
    outbox = tables.METADATA.tables["outbox"]
    async with database.engine.connect() as connection:
        rows = await connection.execute(select(outbox).order_by(outbox.c.seq))
        return [dict(row) for row in rows.mappings()]
