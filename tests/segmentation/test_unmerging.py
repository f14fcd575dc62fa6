"""Unmerging and erasing: each customer's numbers are those of the facts that are left."""

from collections import Counter
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.identity.erasure import CustomerErased
from segmentation.domain.indicators import NOTHING_KNOWN
from segmentation.domain.rules import Declared, Interactions
from segmentation.store import tables
from segmentation.use_cases.find_standing import find_standing
from tests.identity_story import Fact, Story, arrivals, customer, record, shown, stories
from tests.segmentation.telling import (
    cancelled,
    declared,
    filed,
    placed,
    returned,
    tell,
    touched,
    write,
)

FORGET = """TRUNCATE outbox, customer_aliases, customer_moves, record_moves, order_facts,
    return_facts, complaint_facts, attribute_facts, interaction_facts, profiles, spendings,
    memberships, segment_counts,
    erased_customers, erased_records, erasures"""
REMEMBERED = {"outbox", "inbox", "customer_moves", "record_moves"}
"""What was announced and what was told last: memory, and no customer's business."""
FACTS = ("order_facts", "return_facts", "complaint_facts", "attribute_facts", "interaction_facts")
TECHNICAL = {"version", "updated_at"}
"""How often, and when last, something was announced of a profile."""


def told_of(fact: Fact) -> list[Incoming]:
    """Tell of an order, a return, a complaint, a declaration and a touch, all of one owner."""
    whose = {
        "customer_id": shown(fact.told),
        "source_record_id": None if fact.record is None else record(fact.record),
    }
    events = [
        placed(fact.number, None),
        returned(fact.number),
        filed(fact.number, None),
        declared(fact.number, None),
        touched(fact.number, None),
    ]
    return [_changed(event, **whose) for event in events]


async def write_rules(database: Database) -> None:
    """Write a segment for who declared something, and one for who was in touch twice."""
    await write(database, "parents", Declared(attribute="children", equals=2))
    await write(database, "talkers", Interactions(at_least=2))


async def everything(database: Database) -> dict[str, Any]:
    """Read all tables that hold a customer's business; members are counted over shards."""
    found: dict[str, Any] = {}
    async with database.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name in REMEMBERED:
                continue
            rows = await connection.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [
                {name: value for name, value in row.items() if name not in TECHNICAL}
                for row in rows.mappings()
            ]
    members = Counter[str]()
    for row in found["segment_counts"]:
        members[row["segment"]] += row["members"]
    return found | {"segment_counts": +members}


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
async def test_any_arrival_ends_with_every_fact_where_it_belongs(
    database: Database, data: st.DataObject
) -> None:
    story = data.draw(stories())
    async with unit_of_work(database) as tx:
        await tx.execute(text(FORGET))
    await write_rules(database)
    batch: list[Incoming] = []
    for arrived in data.draw(arrivals(story)):
        batch += told_of(arrived) if isinstance(arrived, Fact) else [arrived]
        if data.draw(st.booleans()):
            await tell(database, *batch)
            batch = []
    await tell(database, *batch)

    owned = Counter(story.owner(fact) for fact in story.facts)
    for number in range(story.customers):
        if number in story.erased_ids:
            with pytest.raises(CustomerErased):
                await find_standing(database, customer(number))
            continue
        standing = await find_standing(database, customer(number))
        present = story.present(number)
        assert standing.customer_id == customer(present)
        known = standing.profile.indicators if standing.profile else NOTHING_KNOWN
        count = owned[present]
        assert (known.frequency, known.open_complaints) == (count, count)
        written = standing.profile.written if standing.profile else frozenset[str]()
        assert written == {
            slug for slug, least in (("parents", 1), ("talkers", 2)) if count >= least
        }
        money = [(s.ordered_minor, s.returned_minor) for s in known.spendings]
        assert money == ([(1000 * count, 300 * count)] if count else [])
    await nothing_is_left_of_who_was_erased(database, story)


async def nothing_is_left_of_who_was_erased(database: Database, story: Story) -> None:
    left = await everything(database)
    for table in ("profiles", *FACTS):
        ids = {row["customer_id"] for row in left[table]}
        assert not ids & {customer(number) for number in story.erased_ids}
    opened = Counter(row["segment"] for row in left["memberships"] if row["left_at"] is None)
    assert left["segment_counts"] == opened


async def test_a_merge_that_is_undone_leaves_every_table_as_it_was(database: Database) -> None:
    await write_rules(database)
    story = Story()
    survivor, retired, older = story.come(), story.come(), story.come()
    await tell(database, story.merge(older, retired))
    for told, by in ((survivor, None), (retired, None), (older, None), (retired, retired)):
        await tell(database, *told_of(story.tell(told, by)))
    before = await everything(database)

    await tell(database, story.merge(retired, survivor))
    merged = await everything(database)
    await tell(database, story.unmerge(retired))

    assert merged["profiles"] != before["profiles"]
    assert merged["memberships"] != before["memberships"]
    assert await everything(database) == before


async def test_a_survivor_of_whom_nothing_was_known_has_no_profile_again(
    database: Database,
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await tell(database, *told_of(story.tell(retired, retired)))
    before = await everything(database)
    await tell(database, story.merge(retired, survivor))
    await tell(database, story.unmerge(retired))
    assert await everything(database) == before


async def test_both_customers_are_measured_and_told_of_after_an_unmerge(
    database: Database, client: httpx.AsyncClient
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await tell(database, story.merge(retired, survivor))
    came = story.come(to=survivor)
    for by in (survivor, retired, came, None):
        await tell(database, *told_of(story.tell(survivor, by)))
    await tell(database, story.unmerge(retired, also=[came]))

    for number in (survivor, retired):
        url = f"/v1/customers/{shown(number)}/indicators"
        numbers = (await client.get(url)).json()
        assert (numbers["customer_id"], numbers["frequency"]) == (shown(number), 2)
    news = [row for row in await _announced(database) if row["type"] == "segment.entered.v1"]
    assert {row["payload"]["customer_id"] for row in news} == {shown(survivor), shown(retired)}


async def test_what_changed_in_between_is_not_taken_back(database: Database) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await tell(database, *told_of(story.tell(survivor, survivor)))
    await tell(database, *told_of(story.tell(retired, retired)))
    await tell(database, story.merge(retired, survivor))
    for _ in range(3):
        await tell(database, *told_of(story.tell(survivor, survivor)))
    await tell(database, story.unmerge(retired))
    left = await everything(database)
    opened = [row for row in left["memberships"] if row["left_at"] is None]
    assert len(opened) == 2
    assert left["segment_counts"] == Counter(row["segment"] for row in opened)


async def test_an_erasure_takes_the_profile_and_tells_what_it_did(
    database: Database, client: httpx.AsyncClient
) -> None:
    await write_rules(database)
    story = Story()
    number = story.come()
    for by in (number, None):
        await tell(database, *told_of(story.tell(number, by)))
    erased = story.erase(number)
    await tell(database, erased)
    once = await everything(database)
    await tell(database, erased, *told_of(story.tell(number, None)), cancelled(0))

    assert (once["profiles"], once["spendings"], once["memberships"]) == ([], [], [])
    left = await everything(database)
    assert (left["profiles"], left["segment_counts"]) == ([], Counter())
    for table in FACTS:
        assert {row["customer_id"] for row in left[table]} == {None}
    assert [row["value"] for row in left["attribute_facts"]] == [None] * 3
    news = await _announced(database)
    assert [row["type"] for row in news][-5:] == [
        *["segment.left.v1"] * 3,
        *["segments.erased.v1"] * 2,
    ]
    versions = [row["sequence"] for row in news if row["type"].startswith(("segment.", "ind"))]
    assert versions == list(range(1, len(versions) + 1))
    assert news[-2]["payload"]["erased"] == {
        "attribute_facts": 2,
        "complaint_facts": 2,
        "interaction_facts": 2,
        "memberships": 4,
        "order_facts": 2,
        "profiles": 1,
        "return_facts": 2,
        "spendings": 1,
    }
    assert news[-1]["payload"] == news[-2]["payload"]
    for path in (f"/v1/customers/{shown(number)}/indicators", f"/v1/exports/{shown(number)}"):
        gone = await client.get(path)
        assert (gone.status_code, gone.json()["type"]) == (
            410,
            "urn:carnet:problem:customer-erased",
        )


async def test_the_export_holds_what_is_known_under_any_id(
    database: Database, client: httpx.AsyncClient
) -> None:
    story = Story()
    survivor, retired = story.come(), story.come()
    await tell(database, *told_of(story.tell(retired, retired)))
    await tell(database, story.merge(retired, survivor))
    answer = (await client.get(f"/v1/exports/{shown(retired)}")).json()
    assert answer["part"] == "segmentation"
    assert {name: len(rows) for name, rows in answer["tables"].items()} == {
        "profiles": 2,
        "spendings": 1,
        "memberships": 2,
        "order_facts": 1,
        "return_facts": 1,
        "complaint_facts": 1,
        "attribute_facts": 1,
        "interaction_facts": 1,
        "customer_aliases": 1,
    }
    assert answer["tables"]["order_facts"][0]["told_customer_id"] == shown(retired)


def _changed(event: Incoming, **fields: Any) -> Incoming:
    body = orjson.loads(event.data) | fields
    return Incoming(
        event.id, event.topic, event.type, event.key, event.sequence, event.at, None,
        orjson.dumps(body),
    )  # fmt: skip


async def _announced(database: Database) -> list[dict[str, Any]]:
    outbox = tables.metadata.tables["outbox"]
    async with database.engine.connect() as connection:
        rows = await connection.execute(select(outbox).order_by(outbox.c.seq))
        return [dict(row) for row in rows.mappings()]
