"""Tracking events many at once: a result for each, none lost, and the end is always the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest

from chassis.database import Database
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.store import tables
from orders.use_cases.forget_unclaimed import forget_unclaimed_events
from tests.orders.conftest import OUTBOX, Body, Count, Place, Rows

STATUSES = ("pre_transit", "in_transit", "attempt_failed", "delivered", "returned", "unknown")
IN_TRANSIT = {"status": "in_transit", "occurred_at": "2026-03-02T10:00:00+01:00"}


def at(hour: int) -> str:
    return (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)).isoformat()


async def ship(client: httpx.AsyncClient, order: Body, number: str, **more: Any) -> Body:
    parcel = {"carrier": "dhl", "tracking_number": number, **more}
    url = f"/v1/orders/{order['order_id']}/shipments"
    answer = await client.post(url, json={"parcels": [parcel]})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def send(client: httpx.AsyncClient, *events: Body) -> list[Body]:
    answer = await client.post("/v1/tracking-events", json=list(events))
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_number(number: str, event: Body) -> Body:
    return {"carrier": "dhl", "tracking_number": number, **event}


async def test_each_event_has_its_own_result(client: httpx.AsyncClient, place: Place) -> None:
    shipped = await ship(client, await place(), "1")
    parcel_id = shipped["parcels"][0]["parcel_id"]
    results = await send(
        client,
        {"parcel_id": parcel_id, **IN_TRANSIT},
        by_number("1", IN_TRANSIT),
        by_number("1", {"status": "soon", "occurred_at": "2026-03-02T10:00:00Z"}),
        {"parcel_id": "pcl_01jzq3v5c8e7m9r2t4w6y8a0bd", **IN_TRANSIT},
        IN_TRANSIT,
        "in transit",  # type: ignore[arg-type] - what a careless client sends
        by_number("2", IN_TRANSIT),
        by_number("2", IN_TRANSIT),
        by_number("1", {"status": "delivered", "occurred_at": at(20)}),
    )
    assert [one["index"] for one in results] == list(range(9))
    assert [one["outcome"] for one in results] == [
        "recorded",
        "repeated",
        *["refused"] * 4,
        "unclaimed",
        "repeated",
        "recorded",
    ]
    assert [one["parcel_status"] for one in results[:2]] == ["in_transit"] * 2
    assert results[8]["parcel_status"] == "delivered"
    [wrong] = results[2]["problem"]["errors"]
    assert (wrong["field"], bool(wrong["mend"])) == ("status", True)
    assert results[3]["problem"]["type"] == "urn:carnet:problem:parcel-not-found"
    after = (await client.get(f"/v1/orders/{shipped['order_id']}")).json()
    assert after["commercial"] == "closed"


@pytest.mark.parametrize("body", [[], {}, [IN_TRANSIT] * 501])
async def test_a_batch_has_between_one_and_500_events(
    client: httpx.AsyncClient, body: object
) -> None:
    assert (await client.post("/v1/tracking-events", json=body)).status_code == 422


async def test_what_was_told_before_the_parcel_is_recorded_when_it_is_registered(
    client: httpx.AsyncClient, place: Place, count: Count
) -> None:
    order = await place()
    await send(
        client,
        by_number("1", {"status": "delivered", "occurred_at": "2026-03-03T10:00:00"}),
        by_number("1", IN_TRANSIT | {"reason": "weather"}),
        by_number("other", IN_TRANSIT),
    )
    shipped = await ship(client, order, "1")
    [parcel] = shipped["parcels"]
    story = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    assert (parcel["status"], shipped["commercial"]) == ("delivered", "closed")
    assert [(one["zone_source"], one["reason"]) for one in story["events"]] == [
        ("order", None),
        ("offset", "weather"),
    ]
    assert await count(tables.unclaimed_tracking_events) == 1


async def test_an_event_told_while_its_parcel_is_registered_is_not_lost(
    client: httpx.AsyncClient, place: Place, count: Count
) -> None:
    orders = [await place(external_ref=str(number)) for number in range(10)]
    await asyncio.gather(
        *(
            work
            for number, order in enumerate(orders)
            for work in (
                send(client, by_number(str(number), IN_TRANSIT)),
                ship(client, order, str(number)),
            )
        )
    )
    assert await count(tables.tracking_events) == len(orders)
    assert await count(tables.unclaimed_tracking_events) == 0


async def test_a_region_changes_no_parcel_that_it_may_not_read(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str], count: Count
) -> None:
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    caller = Principal("till", frozenset({"orders:write"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(caller)}
    told: list[Body] = []
    for region in ("JP", "EU"):
        order = await place(external_ref=region, home_region=region)
        await ship(client, order, region, lines=[{"line_no": 1, "quantity": 1}])
        told += [by_number(region, IN_TRANSIT), by_number(f"later-{region}", IN_TRANSIT)]
    results = (await client.post("/v1/tracking-events", json=told, headers=headers)).json()
    assert [one["outcome"] for one in results] == ["refused", "unclaimed", "recorded", "unclaimed"]
    assert results[0]["problem"]["type"] == "urn:carnet:problem:home-region-closed"
    for region in ("JP", "EU"):
        order = await place(external_ref=f"{region}-2", home_region=region)
        await ship(client, order, f"later-{region}")
    assert await count(tables.tracking_events) == 2  # both of the EU


async def test_any_batching_of_any_shuffle_ends_in_the_same_state_and_the_same_last_word(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    random = Random(7)
    for story in range(6):
        told: list[Body] = [
            {"status": random.choice(STATUSES), "occurred_at": at(random.randrange(8))}
            for _ in range(random.randint(2, 9))
        ]
        ends = set[Any]()
        for arrival in range(6):
            number = f"{story}-{arrival}"
            order = await place(external_ref=number)
            shuffled = random.sample(told, len(told)) + random.choices(told, k=3)
            early = random.randrange(len(shuffled)) if arrival % 2 else 0
            if early:
                await send(client, *(by_number(number, one) for one in shuffled[:early]))
            shipped = await ship(client, order, number)
            parcel_id = shipped["parcels"][0]["parcel_id"]
            rest = shuffled[early:]
            while rest:
                size = random.randint(1, len(rest))
                part, rest = rest[:size], rest[size:]
                if size == 1:
                    url = f"/v1/parcels/{parcel_id}/tracking-events"
                    assert (await client.post(url, json=part[0])).status_code == 201
                else:
                    await send(client, *({"parcel_id": parcel_id, **one} for one in part))
            parcel = (await client.get(f"/v1/parcels/{parcel_id}")).json()
            last = [
                row
                for row in await rows(OUTBOX)
                if row["aggregateid"] == parcel_id and row["type"] == "shipment.updated.v1"
            ][-1]["payload"]
            state = parcel["status"], parcel["status_at"], parcel["is_disputed"]
            assert (last["status"], last["occurred_at"]) == state[:2]
            ends.add((*state, parcel["incident"], len(parcel["events"])))
        assert len(ends) == 1, (told, ends)


async def test_unclaimed_events_are_forgotten_after_a_while(
    client: httpx.AsyncClient, database: Database, count: Count
) -> None:
    await send(client, by_number("1", IN_TRANSIT))
    long_ago, soon = datetime(2026, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(seconds=1)
    assert await forget_unclaimed_events(database, before=long_ago) == 0
    assert await forget_unclaimed_events(database, before=soon) == 1
    assert await count(tables.unclaimed_tracking_events) == 0
