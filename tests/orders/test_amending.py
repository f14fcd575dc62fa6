"""Changing an order that was placed: what may still change, and what it then comes to."""

import asyncio
from typing import Any

import httpx
import pytest

from orders.events import OrderAmended, OrderCancelled
from tests.orders.conftest import CUSTOMER, OUTBOX, TOTAL, Body, Place, Rows
from tests.orders.test_changing import cancel, ship, slug

WORD = {"reason": "out-of-stock"}
SCARF = {"sku": "SCARF-02", "quantity": 1, "unit_price_minor": 5_000}


async def amend(client: httpx.AsyncClient, order: Body, headers: Any = None, **wish: Any) -> Any:
    url = f"/v1/orders/{order['order_id']}/amendments"
    return await client.post(url, json=WORD | wish, headers=headers)


def off(line_no: int, quantity: int) -> list[Body]:
    return [{"line_no": line_no, "quantity": quantity}]


async def pick_all(client: httpx.AsyncClient, order: Body) -> None:
    url = f"/v1/orders/{order['order_id']}"
    lines = [{"line_no": line["line_no"], "quantity": line["quantity"]} for line in order["lines"]]
    offers = {"offers": [{"location": "paris", "lines": lines}]}
    assert (await client.post(f"{url}/allocations", json=offers)).status_code == 200
    assert (await client.post(f"{url}/picks", json={"location": "paris"})).status_code == 200


async def test_a_part_of_a_line_is_called_off_with_its_share_of_the_total(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    order = await place()
    amended = await amend(client, order, cancel_lines=off(1, 1))
    assert amended.status_code == 201, amended.text
    after = amended.json()
    assert (after["total_minor"], after["present_total_minor"]) == (TOTAL, TOTAL - 13_000)
    assert after["lines"][0]["quantities"]["cancelled"] == 1
    assert after["lines"][0]["removed_minor"] == 13_000
    [told] = [row for row in await rows(OUTBOX) if row["type"] == "order.amended.v1"]
    event = OrderAmended.model_validate(told["payload"])
    assert told["sequence"] == after["version"] == 2
    assert event.total_minor == TOTAL - 13_000
    assert [(line.sku, line.removed_minor) for line in event.called_off] == [("SCARF-01", 13_000)]


async def test_the_shares_of_a_line_add_up_to_it(client: httpx.AsyncClient, place: Place) -> None:
    line = {"sku": "X", "quantity": 3, "unit_price_minor": 333, "discount_minor": 99}
    order = await place(lines=[line, SCARF], shipping_minor=0)
    removed: list[int] = []
    for _ in range(3):
        after = (await amend(client, order, cancel_lines=off(1, 1))).json()
        removed.append(after["lines"][0]["removed_minor"])
    assert removed == [300, 600, 900]
    left = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert left["present_total_minor"] == 5_000


async def test_lines_are_added_and_counted(client: httpx.AsyncClient, place: Place) -> None:
    order = await place()
    after = (await amend(client, order, add_lines=[SCARF])).json()
    assert after["present_total_minor"] == TOTAL + 5_000
    assert (after["lines"][2]["line_no"], after["lines"][2]["sku"]) == (3, "SCARF-02")
    shipped = await ship(client, order)
    assert shipped.json()["fulfilment"] == "handed-over"


async def test_delivery_and_contact_change_before_picking(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(contact={"name": "Anna"}, delivery={"service": "standard"})
    await amend(
        client,
        order,
        delivery={"service": "express"},
        contact={"address": {"lines": ["1"], "postal_code": "13001", "country": "FR"}},
    )
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert (after["delivery"]["service"], after["delivery"]["destination"]) == ("express", "FR-13")
    assert after["contact"]["name"] is None
    kept = (await client.get(f"/v1/orders/{order['order_id']}/amendments")).json()["items"]
    assert [(one["changed_delivery"], one["changed_contact"]) for one in kept] == [(True, True)]


@pytest.mark.parametrize(
    "wish",
    [{"add_lines": [SCARF]}, {"delivery": {"service": "express"}}, {"contact": {"name": "B"}}],
)
async def test_what_is_picked_is_amended_no_more(
    client: httpx.AsyncClient, place: Place, wish: dict[str, Any]
) -> None:
    order = await place()
    await pick_all(client, order)
    refused = await amend(client, order, **wish)
    assert (refused.status_code, slug(refused)) == (409, "already-picked")


async def test_what_is_picked_is_neither_called_off_nor_cancelled(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await pick_all(client, order)
    refused = await amend(client, order, cancel_lines=off(1, 1))
    assert (refused.status_code, slug(refused)) == (409, "quantity-not-there")
    whole = await cancel(client, order)
    assert (whole.status_code, slug(whole)) == (409, "already-picked")


async def test_the_rest_of_an_order_that_left_in_part_is_called_off(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    one = [{"line_no": 2, "quantity": 1}]
    await ship(client, order, {"carrier": "dhl", "tracking_number": "1", "lines": one})
    after = (await amend(client, order, cancel_lines=off(1, 2))).json()
    assert after["lines"][0]["quantities"]["cancelled"] == 2
    assert (after["commercial"], after["fulfilment"]) == ("confirmed", "handed-over")


async def test_what_would_leave_nothing_is_a_cancellation(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    refused = await amend(client, order, cancel_lines=[*off(1, 2), *off(2, 1)])
    assert (refused.status_code, slug(refused)) == (409, "nothing-would-remain")


async def test_an_empty_wish_changes_nothing(client: httpx.AsyncClient, place: Place) -> None:
    order = await place()
    refused = await amend(client, order)
    assert (refused.status_code, slug(refused)) == (422, "nothing-to-amend")


async def test_a_cancellation_tells_what_the_order_came_to(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    order = await place(customer_id=CUSTOMER)
    await amend(client, order, cancel_lines=off(1, 1))
    await cancel(client, order)
    [told] = [row for row in await rows(OUTBOX) if row["type"] == "order.cancelled.v1"]
    assert OrderCancelled.model_validate(told["payload"]).total_minor == TOTAL - 13_000
    sums = (await client.get(f"/v1/customers/{CUSTOMER}/purchases")).json()["totals"][0]
    assert sums["ordered_minor"] == sums["cancelled_minor"] == TOTAL - 13_000


async def test_an_amendment_is_made_once_under_its_key_and_from_what_was_read(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    headers = {"Idempotency-Key": "a", "If-Match": '"1"'}
    first, again = [await amend(client, order, headers, cancel_lines=off(1, 1)) for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    old = await amend(client, order, {"If-Match": '"1"'}, cancel_lines=off(1, 1))
    assert (old.status_code, slug(old)) == (412, "order-changed-meanwhile")


async def test_no_more_is_called_off_than_is_there_however_many_ask(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    answers = await asyncio.gather(
        *(amend(client, order, cancel_lines=off(1, 1)) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [409] * 4


async def test_an_order_is_confirmed_once_and_can_still_be_cancelled(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    url = f"/v1/orders/{order['order_id']}/confirm"
    first, again = await client.post(url), await client.post(url)
    assert first.json()["commercial"] == "confirmed"
    assert first.json() == again.json()
    assert (await cancel(client, order)).json()["commercial"] == "cancelled"
    late = await client.post(url)
    assert (late.status_code, slug(late)) == (409, "order-already-cancelled")


async def test_a_source_may_have_confirmed_an_order_already(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(confirmed=True)
    assert order["commercial"] == "confirmed"
    assert order["confirmed_at"] == order["received_at"]


async def test_measurements_have_versions_until_the_piece_is_being_made(
    client: httpx.AsyncClient, place: Place
) -> None:
    made = {"values": {"neck": "39 cm"}}
    line = {"sku": "SHIRT", "quantity": 1, "unit_price_minor": 100, "made_to_measure": made}
    order = await place(lines=[line, SCARF])
    url = f"/v1/orders/{order['order_id']}/lines/1"
    second = await client.post(f"{url}/specifications", json={"values": {"neck": "40 cm"}})
    assert second.json()["lines"][0]["specification"]["version"] == 2
    begun = await client.put(f"{url}/production")
    assert begun.json()["lines"][0]["production_started_at"] is not None
    late = await client.post(f"{url}/specifications", json={"values": {"neck": "41 cm"}})
    assert (late.status_code, slug(late)) == (409, "in-production")
    called_off = await amend(client, order, cancel_lines=off(1, 1))
    assert (called_off.status_code, slug(called_off)) == (409, "in-production")
    whole = await cancel(client, order)
    assert (whole.status_code, slug(whole)) == (409, "in-production")
    kept = (await client.get(f"{url}/specifications")).json()["items"]
    assert [one["measurements"]["values"]["neck"] for one in kept] == ["39 cm", "40 cm"]
    plain = await client.put(f"/v1/orders/{order['order_id']}/lines/2/production")
    assert (plain.status_code, slug(plain)) == (409, "not-made-to-measure")


async def test_orders_of_a_series_are_listed_together(
    client: httpx.AsyncClient, place: Place
) -> None:
    for number in range(3):
        await place(
            external_ref=str(number),
            series_id="coffee-7",
            placed_at=f"2026-0{number + 1}-01T10:00:00Z",
        )
    await place(external_ref="other")
    found = (await client.get("/v1/orders", params={"series_id": "coffee-7"})).json()["items"]
    assert [order["external_ref"] for order in found] == ["2", "1", "0"]
    both = {"series_id": "coffee-7", "customer_id": CUSTOMER}
    refused = await client.get("/v1/orders", params=both)
    assert (refused.status_code, slug(refused)) == (422, "whose-orders")


async def test_an_order_never_has_more_lines_than_can_be_named(
    client: httpx.AsyncClient, place: Place
) -> None:
    lines = [
        {"sku": f"S-{number}", "quantity": 1, "unit_price_minor": 5} for number in range(1_999)
    ]
    order = await place(lines=lines)
    refused = await amend(client, order, add_lines=[SCARF, SCARF])
    taken = await amend(client, order, add_lines=[SCARF])
    full = await amend(client, order, add_lines=[SCARF])
    assert (refused.status_code, slug(refused)) == (422, "too-many-lines")
    assert [one["field"] for one in refused.json()["errors"]] == ["add_lines"]
    assert (taken.status_code, len(taken.json()["lines"])) == (201, 2_000)
    assert slug(full) == "too-many-lines"
    assert (await amend(client, order, cancel_lines=off(2_000, 1))).status_code == 201


async def test_what_is_picked_is_released_before_it_is_called_off(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await pick_all(client, order)
    refused = await amend(client, order, cancel_lines=off(1, 1))
    assert (refused.status_code, slug(refused)) == (409, "quantity-not-there")
    assert "Release what is picked" in refused.json()["detail"]
