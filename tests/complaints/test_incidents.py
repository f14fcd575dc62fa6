"""A parcel's incident opens one complaint, whose customer follows what becomes of the order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.ids import IdType, new_uuid
from complaints.consumers import customers, orders, shipments
from complaints.store import tables
from tests.complaints.conftest import CUSTOMER, SOURCE_RECORD, Count
from tests.complaints.test_merges import A, B, merged, show_global_id

PARCEL, ORDER, ERASURE = (IdType(prefix) for prefix in ("pcl", "ord", "ers"))
PARCEL_ID, ORDER_ID = PARCEL.show(new_uuid()), ORDER.show(new_uuid())


def incident(reason: str = "lost_or_damaged", *, sequence: int = 2, **told: Any) -> Incoming:
    """Give an incident of a parcel, as orders announce it; None leaves a field out."""
    body: dict[str, Any] = {
        "parcel_id": PARCEL_ID,
        "order_id": ORDER_ID,
        "status": "lost_or_damaged",
        "occurred_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "carrier": "laposte",
        "reason": reason,
        "customer_id": CUSTOMER,
        "channel": "web",
        "country": "FR",
        "brand": "house",
        "legal_entity": "house-fr",
        "home_region": "FR",
    }
    body = {name: value for name, value in (body | told).items() if value is not None}
    return event("shipments", "shipment.incident.v1", body, sequence=sequence)


def event(topic: str, type_: str, body: dict[str, Any], *, sequence: int = 1) -> Incoming:
    return Incoming(
        id=str(new_uuid()),
        topic=topic,
        type=type_,
        key="unused",
        sequence=sequence,
        at=datetime.now(UTC),
        traceparent=None,
        data=orjson.dumps(body),
    )


def linked(customer_id: str = CUSTOMER) -> Incoming:
    body = {
        "order_id": ORDER_ID,
        "customer_id": customer_id,
        "source_record_id": SOURCE_RECORD,
    }
    return event("orders", "order.linked.v1", body)


def erased(customer_id: str = CUSTOMER) -> Incoming:
    body = {
        "erasure_id": ERASURE.show(new_uuid()),
        "customer_id": customer_id,
        "source_record_ids": [SOURCE_RECORD],
        "erased_at": datetime.now(UTC).isoformat(),
    }
    return event("customers", "customer.erased.v1", body)


HANDLERS = customers.HANDLERS | orders.HANDLERS | shipments.HANDLERS


async def follow(database: Database, *events: Incoming) -> None:
    for one in events:
        async with unit_of_work(database) as tx:
            await HANDLERS[one.type](tx, one)


async def opened(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    return (await client.get("/v1/complaints")).json()["items"]


async def test_an_incident_opens_a_complaint_with_the_parcel_attached(
    client: httpx.AsyncClient, database: Database
) -> None:
    await follow(database, incident())
    [complaint] = await opened(client)
    told = {
        "parcel_id": PARCEL_ID,
        "order_id": ORDER_ID,
        "customer_id": CUSTOMER,
        "incident": "lost_or_damaged",
        "category": "delivery",
        "channel": "web",
        "country": "FR",
        "home_region": "FR",
        "legal_entity": "house-fr",
        "status": "routed",
    }
    assert {name: complaint[name] for name in told} == told
    file = (await client.get(f"/v1/complaints/{complaint['complaint_id']}")).json()
    assert "Nobody has complained yet" in file["text"]


async def test_it_is_announced_as_one_that_was_filed(database: Database, outbox: Any) -> None:
    await follow(database, incident())
    filed, routed = await outbox()
    assert (filed["type"], routed["type"]) == ("complaint.filed.v1", "complaint.routed.v1")
    assert filed["payload"]["parcel_id"] == PARCEL_ID
    assert filed["payload"]["incident"] == "lost_or_damaged"


async def test_what_comes_again_or_is_replayed_opens_nothing_twice(
    database: Database, count: Count
) -> None:
    first = incident()
    await follow(database, first, first, incident(sequence=2), incident(sequence=5))
    assert await count(tables.complaints) == 1
    await follow(database, incident("return_to_sender", sequence=6))
    assert await count(tables.complaints) == 2


async def test_a_failed_attempt_opens_one_the_second_time_and_a_repeat_does_not_count(
    database: Database, count: Count
) -> None:
    await follow(database, *(incident("attempt_failed", sequence=3) for _ in range(3)))
    assert await count(tables.complaints) == 0
    await follow(database, incident("attempt_failed", sequence=5))
    await follow(database, incident("attempt_failed", sequence=7))
    assert await count(tables.complaints) == 1


async def test_which_incidents_open_one_is_the_houses_own_choice(
    database: Database, count: Count
) -> None:
    chosen = shipments.handlers({"on_hold": 1})["shipment.incident.v1"]
    for told in (incident("on_hold"), incident("lost_or_damaged")):
        async with unit_of_work(database) as tx:
            await chosen(tx, told)
    assert await count(tables.complaints) == 1


@pytest.mark.parametrize(
    "told",
    [
        incident("on_hold"),
        incident(occurred_at=(datetime.now(UTC) - timedelta(days=31)).isoformat()),
        incident(country=None),
    ],
    ids=["no reason to", "history", "from before orders told of themselves"],
)
async def test_what_nobody_waits_for_opens_nothing(
    database: Database, count: Count, told: Incoming
) -> None:
    await follow(database, told)
    assert await count(tables.complaints) == 0


async def test_an_order_without_a_customer_opens_one_too(
    client: httpx.AsyncClient, database: Database
) -> None:
    await follow(database, incident(customer_id=None))
    [complaint] = await opened(client)
    assert (complaint["customer_id"], complaint["parcel_id"]) == (None, PARCEL_ID)


@pytest.mark.parametrize("link_first", [True, False], ids=["linked before", "linked after"])
async def test_it_is_the_customers_once_the_order_is_linked_whichever_is_heard_first(
    client: httpx.AsyncClient, database: Database, link_first: object
) -> None:
    told = [linked(), incident(customer_id=None)]
    await follow(database, *(told if link_first else reversed(told)))
    [complaint] = await opened(client)
    assert complaint["customer_id"] == CUSTOMER
    assert complaint["source_record_id"] == SOURCE_RECORD


async def test_a_merge_that_was_heard_before_or_after_is_followed(
    client: httpx.AsyncClient, database: Database
) -> None:
    retired, survivor = show_global_id(A), show_global_id(B)
    await follow(database, merged(A, B), incident(customer_id=retired))
    other = incident("return_to_sender", sequence=3, customer_id=survivor)
    await follow(database, other)
    assert {one["customer_id"] for one in await opened(client)} == {survivor}
    await follow(database, linked(retired))
    [first, second] = await opened(client)
    assert first["customer_id"] == second["customer_id"] == survivor


async def test_a_merge_after_it_takes_it_along(
    client: httpx.AsyncClient, database: Database
) -> None:
    await follow(database, incident(customer_id=show_global_id(A)), merged(A, B))
    [complaint] = await opened(client)
    assert complaint["customer_id"] == show_global_id(B)


async def test_an_erasure_before_or_after_leaves_nobody(
    client: httpx.AsyncClient, database: Database, count: Count
) -> None:
    await follow(database, linked(), incident(source_record_id=SOURCE_RECORD), erased())
    assert await count(tables.linked_orders) == 0
    late = incident("return_to_sender", sequence=3, source_record_id=SOURCE_RECORD)
    await follow(database, late, linked())
    for complaint in await opened(client):
        assert complaint["customer_id"] is None
        assert complaint["subject"] == "(erased)"
    assert await count(tables.linked_orders) == 0
    assert await count(tables.complaints) == 2


async def test_links_are_kept_for_as_long_as_news_only(database: Database, count: Count) -> None:
    await follow(database, linked())
    async with unit_of_work(database) as tx:
        old = datetime.now(UTC) - timedelta(days=40)
        await tx.execute(tables.linked_orders.update().values(linked_at=old, order_id=new_uuid()))
    await follow(database, linked())
    assert await count(tables.linked_orders) == 1
