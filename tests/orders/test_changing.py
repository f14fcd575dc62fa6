"""Cancelling and shipping: what is too late is a named conflict, what is old is refused."""

import asyncio

import httpx
import pytest

from orders.events import OrderCancelled, ShipmentUpdated
from orders.store import tables
from tests.orders.conftest import OUTBOX, TOTAL, Body, Count, Place, Rows

PARCELS = {"parcels": [{"carrier": "laposte", "tracking_number": "8V1"}]}


async def ship(client: httpx.AsyncClient, order: Body, *parcels: Body) -> httpx.Response:
    body = {"parcels": list(parcels)} if parcels else PARCELS
    return await client.post(f"/v1/orders/{order['order_id']}/shipments", json=body)


async def cancel(client: httpx.AsyncClient, order: Body, **headers: str) -> httpx.Response:
    url = f"/v1/orders/{order['order_id']}/cancel"
    return await client.post(url, json={"reason": "out-of-stock"}, headers=headers)


def slug(answer: httpx.Response) -> str:
    return answer.json()["type"].removeprefix("urn:carnet:problem:")


async def test_an_order_is_cancelled_and_told(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    order = await place()
    answer = await cancel(client, order)
    assert answer.status_code == 200
    assert (answer.json()["commercial"], answer.json()["fulfilment"]) == ("cancelled",) * 2
    assert answer.json()["cancel_reason"] == "out-of-stock"
    told = [row for row in await rows(OUTBOX) if row["type"] == "order.cancelled.v1"]
    assert [row["sequence"] for row in told] == [2]
    assert OrderCancelled.model_validate(told[0]["payload"]).total_minor == TOTAL


async def test_an_order_is_cancelled_only_once(
    client: httpx.AsyncClient, place: Place, count: Count
) -> None:
    order = await place()
    answers = await asyncio.gather(*(cancel(client, order) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {slug(answer) for answer in answers if answer.is_error} == {"order-already-cancelled"}
    assert await count(OUTBOX) == 2


async def test_what_has_left_cannot_be_cancelled(client: httpx.AsyncClient, place: Place) -> None:
    sent, taken = await place(external_ref="1"), await place(external_ref="2", channel="shop")
    await ship(client, sent)
    too_late = await cancel(client, sent)
    assert (too_late.status_code, slug(too_late)) == (409, "order-already-shipped")
    settled = await cancel(client, taken)
    assert (settled.status_code, slug(settled)) == (409, "order-already-closed")


async def test_a_change_is_made_from_what_was_read(client: httpx.AsyncClient, place: Place) -> None:
    order = await place()
    read = await client.get(f"/v1/orders/{order['order_id']}")
    old = await cancel(client, order, **{"If-Match": '"7"'})
    assert (old.status_code, slug(old)) == (412, "order-changed-meanwhile")
    wrong = await cancel(client, order, **{"If-Match": "seven"})
    assert (wrong.status_code, slug(wrong)) == (422, "invalid-if-match")
    fresh = await cancel(client, order, **{"If-Match": read.headers["ETag"]})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] != read.headers["ETag"]


async def test_a_shipment_confirms_the_order_and_is_told(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    order = await place()
    answer = await ship(client, order)
    assert answer.status_code == 201
    shipped = answer.json()
    assert (shipped["commercial"], shipped["fulfilment"]) == ("confirmed", "handed-over")
    [parcel] = shipped["parcels"]
    assert (parcel["status"], parcel["status_at"]) == ("pre_transit", None)
    assert parcel["lines"] == [{"line_no": 1, "quantity": 2}, {"line_no": 2, "quantity": 1}]
    [told] = [row for row in await rows(OUTBOX) if row["aggregatetype"] == "shipments"]
    assert told["aggregateid"] == parcel["parcel_id"]
    assert ShipmentUpdated.model_validate(told["payload"]).carrier == "laposte"


async def test_an_order_may_leave_in_several_shipments(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    one = [{"line_no": 1, "quantity": 1}]
    first = await ship(client, order, {"carrier": "dhl", "tracking_number": "1", "lines": one})
    assert first.json()["fulfilment"] == "partly-handed-over"
    rest = await ship(client, order, {"carrier": "dhl", "tracking_number": "2"})
    assert rest.json()["fulfilment"] == "handed-over"
    assert [line["quantities"]["handed_over"] for line in rest.json()["lines"]] == [2, 1]


@pytest.mark.parametrize(
    ("parcels", "fact"),
    [
        ([{"line_no": 1, "quantity": 3}], "quantity-not-there"),
        ([{"line_no": 1, "quantity": 1}, {"line_no": 1, "quantity": 2}], "quantity-not-there"),
    ],
)
async def test_no_more_leaves_than_was_ordered(
    client: httpx.AsyncClient, place: Place, count: Count, parcels: list[Body], fact: str
) -> None:
    parcel = {"carrier": "dhl", "tracking_number": "1", "lines": parcels}
    answer = await ship(client, await place(), parcel)
    assert (answer.status_code, slug(answer)) == (409, fact)
    assert await count(tables.parcels) == 0


async def test_what_has_left_or_is_cancelled_leaves_no_more(
    client: httpx.AsyncClient, place: Place
) -> None:
    sent, gone = await place(external_ref="1"), await place(external_ref="2")
    await ship(client, sent)
    await cancel(client, gone)
    again = await ship(client, sent, {"carrier": "dhl", "tracking_number": "9"})
    assert (again.status_code, slug(again)) == (409, "nothing-left-to-ship")
    cancelled = await ship(client, gone)
    assert (cancelled.status_code, slug(cancelled)) == (409, "order-already-cancelled")


async def test_a_parcel_is_registered_once_for_its_order(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    one = [{"line_no": 1, "quantity": 1}]
    parcel = {"carrier": "dhl", "tracking_number": "1", "lines": one}
    await ship(client, order, parcel)
    again = await ship(client, order, parcel)
    assert (again.status_code, slug(again)) == (409, "parcel-already-registered")
    other = await ship(client, await place(external_ref="2"), parcel)
    assert other.status_code == 201


async def test_two_shipments_at_once_do_not_send_the_same_goods(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    answers = await asyncio.gather(
        *(ship(client, order, {"carrier": "dhl", "tracking_number": str(n)}) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_parcels_are_answered_in_the_sequence_they_were_told(
    client: httpx.AsyncClient, place: Place
) -> None:
    numbers = [f"8V{number}" for number in range(12)]
    parcels = [{"carrier": "laposte", "tracking_number": number} for number in numbers]
    answer = await ship(client, await place(), *parcels)
    assert [each["tracking_number"] for each in answer.json()["parcels"]] == numbers
