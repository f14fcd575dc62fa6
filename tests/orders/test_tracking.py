"""Tracking over HTTP: what carriers say, what it comes to, what the public may see."""

import itertools

import httpx
import orjson

from orders.store import tables
from tests.orders.conftest import OUTBOX, Body, Count, MakeClient, Place, Rows

EVENTS: list[Body] = [
    {"status": "picked_up", "occurred_at": "2026-03-02T18:00:00+01:00", "location": "Paris"},
    {"status": "in_transit", "occurred_at": "2026-03-03T02:00:00+01:00", "code": "ET1"},
    {"status": "out_for_delivery", "occurred_at": "2026-03-03T08:00:00+01:00"},
    {
        "status": "delivered",
        "occurred_at": "2026-03-03T10:00:00+01:00",
        "location": "12 rue Secrète",
        "description": "Signé par Anna",
    },
]


async def parcels_of(client: httpx.AsyncClient, order: Body, count: int = 1) -> list[Body]:
    parcels = [{"carrier": "laposte", "tracking_number": f"8V{n}"} for n in range(count)]
    url = f"/v1/orders/{order['order_id']}/shipments"
    answer = await client.post(url, json={"parcels": parcels})
    assert answer.status_code == 201, answer.text
    return answer.json()["parcels"]


async def record(client: httpx.AsyncClient, parcel: Body, told: Body) -> httpx.Response:
    url = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    answer = await client.post(url, json=told)
    assert answer.status_code == 201, answer.text
    return answer


async def test_any_order_of_arrival_ends_the_same(client: httpx.AsyncClient, place: Place) -> None:
    ends: set[tuple[str, str, bool, str, str]] = set()
    for number, arrival in enumerate(list(itertools.permutations(EVENTS))[::3]):
        order = await place(external_ref=str(number))
        [parcel] = await parcels_of(client, order)
        for told in (*arrival, arrival[0]):
            parcel = (await record(client, parcel, told)).json()
        after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
        state = parcel["status"], parcel["status_at"], parcel["is_disputed"]
        ends.add((*state, after["commercial"], after["fulfilment"]))
    assert ends == {("delivered", "2026-03-03T09:00:00Z", False, "closed", "delivered")}


async def test_an_event_counts_once(client: httpx.AsyncClient, place: Place, count: Count) -> None:
    [parcel] = await parcels_of(client, await place())
    first = await record(client, parcel, EVENTS[1])
    again = await record(client, parcel, EVENTS[1] | {"occurred_at": "2026-03-03T01:00:00Z"})
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    assert await count(tables.tracking_events) == 1


async def test_changes_are_told_once_each(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    [parcel] = await parcels_of(client, await place())
    failed = {"status": "attempt_failed", "occurred_at": "2026-03-03T09:00:00+01:00"}
    late = EVENTS[0]
    after = {"status": "in_transit", "occurred_at": "2026-03-04T09:00:00+01:00"}
    for told in (EVENTS[1], failed, EVENTS[3], late, after):
        await record(client, parcel, told)
    told = [
        (row["type"], row["payload"]["status"], row["payload"].get("reason"), row["sequence"])
        for row in await rows(OUTBOX)
        if row["aggregatetype"] == "shipments"
    ]
    assert told == [
        ("shipment.updated.v1", "pre_transit", None, 1),
        ("shipment.updated.v1", "in_transit", None, 2),
        ("shipment.updated.v1", "attempt_failed", None, 3),
        ("shipment.incident.v1", "attempt_failed", "attempt_failed", 3),
        ("shipment.updated.v1", "delivered", None, 4),
        ("shipment.delivered.v1", "delivered", None, 4),
        ("shipment.updated.v1", "delivered", None, 5),
        ("shipment.incident.v1", "delivered", "delivery_disputed", 5),
    ]


async def test_a_local_time_keeps_its_text_and_where_its_zone_came_from(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(time_zone="Asia/Tokyo", placed_at="2026-03-01T10:00:00+09:00")
    [parcel] = await parcels_of(client, order)
    local = "2026-03-02T09:00:00"
    await record(client, parcel, {"status": "picked_up", "occurred_at": local})
    await record(
        client,
        parcel,
        {"status": "in_transit", "occurred_at": local, "time_zone": "Europe/Paris"},
    )
    await record(client, parcel, {"status": "customs", "occurred_at": local + "-05:00"})
    story = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    told = [
        (event["occurred_at"], event["occurred_told"], event["zone_source"])
        for event in story["events"]
    ]
    assert told == [
        ("2026-03-02T14:00:00Z", local + "-05:00", "offset"),
        ("2026-03-02T08:00:00Z", local, "told"),
        ("2026-03-02T00:00:00Z", local, "order"),
    ]


async def test_an_order_zone_that_is_an_offset_serves_carriers_too(
    client: httpx.AsyncClient, place: Place
) -> None:
    [parcel] = await parcels_of(client, await place(placed_at="2026-03-01T10:00:00-05:00"))
    told = {"status": "picked_up", "occurred_at": "2026-03-02T09:00:00"}
    assert (await record(client, parcel, told)).json()["status_at"] == "2026-03-02T14:00:00Z"


async def test_what_parcels_hold_together_arrives_when_all_of_them_have(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    one, other = await parcels_of(client, order, count=2)
    await record(client, one, EVENTS[3])
    half = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert (half["fulfilment"], half["commercial"]) == ("handed-over", "confirmed")
    await record(client, other, EVENTS[3])
    whole = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert (whole["fulfilment"], whole["commercial"]) == ("delivered", "closed")


async def test_whoever_has_the_token_follows_the_parcel_and_learns_nothing_personal(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(contact={"name": "Anna Secrète", "email": "anna@example.com"})
    [parcel] = await parcels_of(client, order)
    for told in EVENTS:
        await record(client, parcel, told)
    assert len(parcel["tracking_token"]) >= 32
    answer = await client.get(f"/v1/tracking/{parcel['tracking_token']}")
    assert answer.status_code == 200
    page = answer.json()
    assert (page["status"], page["carrier"]) == ("delivered", "laposte")
    assert [event["location"] for event in page["events"]] == [None, None, None, "Paris"]
    seen = orjson.dumps(page).decode()
    for secret in ("Anna", "anna", "Secr", order["order_id"], order["external_ref"]):
        assert secret not in seen


async def test_the_public_page_needs_no_scope(
    client: httpx.AsyncClient, place: Place, make_client: MakeClient
) -> None:
    [parcel] = await parcels_of(client, await place())
    answer = await make_client().get(f"/v1/tracking/{parcel['tracking_token']}")
    assert answer.status_code == 200
