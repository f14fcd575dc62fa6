"""Shop platforms' orders are kept as they came, placed like any other, and followed up."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from chassis.database import Database, unit_of_work
from chassis.global_ids import read_global_id
from orders.api.order_in import order_of
from orders.events import ORDER
from orders.jobs.read_platform_orders import PlatformReader
from orders.store.claims import ClaimCipher
from orders.store.erasing import erase_order
from orders.store.tables import customer_claims, orders, platform_deliveries, reused_references
from orders.use_cases.take_platform_orders import forget_payloads
from tests.orders.conftest import CUSTOMER, MakeClient, Rows
from tests.orders.platform_payloads import (
    LINES,
    Told,
    body_of,
    fulfilment,
    sample,
    shopify,
    woocommerce,
)

SHOP = {"source": "paris-web"}


@pytest.fixture
def reader(database: Database, cipher: ClaimCipher) -> PlatformReader:
    return PlatformReader(database, cipher, order_of)


class Platform:
    """A platform that sends, and what the house makes of it."""

    def __init__(self, client: httpx.AsyncClient, reader: PlatformReader) -> None:
        self.client = client
        self.reader = reader

    async def send(self, told: Any, platform: str = "shopify", **headers: str) -> httpx.Response:
        payload = told if isinstance(told, bytes) else body_of(told)
        path = f"/v1/platform-orders/{platform}"
        return await self.client.post(path, params=SHOP, content=payload, headers=_JSON | headers)

    async def tell(self, told: Any, platform: str = "shopify") -> Told:
        """Send, have it read, and give what became of it."""
        sent = await self.send(told, platform)
        assert sent.status_code == 202, sent.text
        await self.reader.read_waiting()
        answer = await self.client.get(f"/v1/platform-orders/{sent.json()['delivery_id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def order(self, delivery: Told) -> Told:
        [order_id] = delivery["order_ids"]
        return (await self.client.get(f"/v1/orders/{order_id}")).json()

    async def payments(self, delivery: Told) -> Told:
        [order_id] = delivery["order_ids"]
        return (await self.client.get(f"/v1/orders/{order_id}/payments")).json()


_JSON = {"Content-Type": "application/json"}


@pytest.fixture
def platform(client: httpx.AsyncClient, reader: PlatformReader) -> Platform:
    return Platform(client, reader)


async def test_a_delivery_is_taken_at_once_and_read_by_the_worker(platform: Platform) -> None:
    sent = await platform.send(shopify(), **{"X-Shopify-Topic": "orders/create"})
    waiting = sent.json()
    await platform.reader.read_waiting()
    read = (await platform.client.get(f"/v1/platform-orders/{waiting['delivery_id']}")).json()

    assert (sent.status_code, waiting["state"], waiting["topic"]) == (
        202,
        "waiting",
        "orders/create",
    )
    assert (read["state"], read["placed"], read["known"], read["problems"]) == ("read", 1, 0, [])


async def test_an_order_is_what_the_platform_says_to_the_minor_unit(
    platform: Platform, rows: Rows
) -> None:
    order = await platform.order(await platform.tell(shopify()))

    assert (order["external_ref"], order["total_minor"], order["shipping_minor"]) == (
        "820982911946154508",
        12_500,
        500,
    )
    assert order["prices_include_tax"] is True
    assert [
        (line["sku"], line["discount_minor"], line["tax_minor"], line["total_minor"])
        for line in order["lines"]
    ] == [("SCARF-01", 1_000, 1_500, 9_000), ("variant-77", 0, 500, 3_000)]
    assert order["lines"][0]["taxes"] == [
        {"name": "TVA", "rate_percent": "20.0000", "amount_minor": 1_500}
    ]
    assert order["contact"]["email"] == "anna@example.com"
    assert order["contact"]["language"] == "fr-FR"
    assert order["contact"]["address"]["postal_code"] == "75007"
    assert order["customer"] == "pending"
    [claim] = await rows(customer_claims)
    assert b"anna" not in claim["sealed"]


async def test_the_same_body_again_is_the_same_delivery_and_another_is_not(
    platform: Platform, rows: Rows
) -> None:
    header = {"X-WC-Webhook-Delivery-ID": "one-id-a-second"}
    first, again = await asyncio.gather(
        platform.send(woocommerce(), "woocommerce", **header),
        platform.send(woocommerce(), "woocommerce", **header),
    )
    other = await platform.send(woocommerce(id=728), "woocommerce", **header)

    assert first.json()["delivery_id"] == again.json()["delivery_id"]
    assert other.json()["delivery_id"] != first.json()["delivery_id"]
    await platform.reader.read_waiting()
    assert len(await rows(orders)) == 2


async def test_payment_cancellation_and_a_late_older_body_are_applied_once(
    platform: Platform,
) -> None:
    await platform.tell(shopify(financial_status="authorized"))
    paid = await platform.tell(shopify(financial_status="paid", updated_at="2026-03-02T10:00:00Z"))
    late = await platform.tell(
        shopify(financial_status="authorized", updated_at="2026-03-01T12:00:00Z")
    )

    assert (paid["known"], paid["problems"], late["problems"]) == (1, [], [])
    payments = await platform.payments(paid)
    assert (payments["state"], payments["captured_minor"]) == ("paid", 12_500)
    assert [one["kind"] for one in payments["payments"]] == ["authorised", "captured"]

    gone = shopify(cancelled_at="2026-03-03T10:00:00Z", cancel_reason="customer")
    first = await platform.tell(gone | {"financial_status": "paid"})
    second = await platform.tell(gone | {"financial_status": "paid", "tags": "x"})
    order = await platform.order(first)
    assert (order["commercial"], order["cancel_reason"]) == ("cancelled", "customer")
    assert first["problems"] == second["problems"] == []


async def test_fulfilments_leave_once_and_refunded_goods_come_back(platform: Platform) -> None:
    scarf = LINES[0] | {"quantity": 1}
    one = fulfilment(31, line_items=[scarf], tracking_numbers=["8X0001"])
    rest = fulfilment(32, line_items=[scarf, LINES[1]], tracking_numbers=["8X0002", "8X0003"])
    failed = fulfilment(33, status="failure")
    paid = shopify(financial_status="paid", fulfillments=[one])
    await platform.tell(paid)
    refund = {
        "id": 509,
        "created_at": "2026-03-09T10:00:00+01:00",
        "refund_line_items": [
            {"quantity": 1, "restock_type": "return", "subtotal": "45.00", "line_item": LINES[0]}
        ],
        "transactions": [
            {
                "id": 179259969,
                "kind": "refund",
                "status": "success",
                "amount": "45.00",
                "created_at": "2026-03-09T10:00:00+01:00",
            }
        ],
    }
    whole = paid | {"fulfillments": [one, rest, failed], "refunds": [refund]}
    first = await platform.tell(whole)
    second = await platform.tell(whole | {"tags": "seen"})

    assert first["problems"] == second["problems"] == []
    order = await platform.order(second)
    assert sorted((one["carrier"], one["tracking_number"]) for one in order["parcels"]) == [
        ("laposte", "8X0001"),
        ("laposte", "8X0002"),
        ("laposte", "8X0003"),
    ]
    assert [line["quantities"]["returned"] for line in order["lines"]] == [1, 0]
    payments = await platform.payments(second)
    assert (payments["state"], payments["refunded_minor"]) == ("part_refunded", 4_500)


async def test_goods_that_will_not_leave_are_called_off(platform: Platform) -> None:
    item = {"quantity": 1, "restock_type": "cancel", "subtotal": "45.00", "line_item": LINES[0]}
    refund = {"id": 510, "created_at": "2026-03-02T10:00:00Z", "refund_line_items": [item]}
    await platform.tell(shopify())
    for tags in ("", "again"):
        read = await platform.tell(shopify(refunds=[refund], tags=tags))

    order = await platform.order(read)
    assert read["problems"] == []
    assert order["lines"][0]["quantities"]["cancelled"] == 1
    assert order["present_total_minor"] == 12_500 - 4_500


async def test_a_total_that_does_not_add_up_is_listed_with_its_difference(
    platform: Platform, rows: Rows
) -> None:
    read = await platform.tell(sample("shopify/order.json"))

    assert (read["state"], read["placed"], await rows(orders)) == ("troubled", 0, [])
    [problem] = read["problems"]
    assert (problem["external_ref"], problem["step"], problem["problem"]) == (
        "450789469",
        "placing",
        "total-mismatch",
    )
    assert "is 40994, and the lines and the shipping come to 60894" in problem["detail"]
    listed = await platform.client.get("/v1/platform-orders?with_problems=true")
    assert [one["delivery_id"] for one in listed.json()["items"]] == [read["delivery_id"]]


async def test_a_changed_price_is_listed_with_both_sums_and_its_payment_is_applied(
    platform: Platform,
) -> None:
    await platform.tell(shopify())
    line = LINES[1] | {"price": "40.00"}
    edited = shopify(line_items=[LINES[0], line], total_price="135.00", financial_status="paid")
    read = await platform.tell(edited)

    [problem] = read["problems"]
    assert (problem["step"], problem["problem"]) == ("edit", "edit-not-told")
    assert "comes to 13500 there, and to 12500 here" in problem["detail"]
    assert (await platform.payments(read))["captured_minor"] == 13_500


async def test_an_order_of_another_address_is_kept_for_review(
    platform: Platform, rows: Rows
) -> None:
    await platform.tell(shopify())
    read = await platform.tell(shopify(email="other@example.com", financial_status="paid"))

    assert [one["problem"] for one in read["problems"]] == ["order-reference-reused"]
    [kept] = await rows(reused_references)
    assert (kept["external_ref"], "contact" in kept["body"]) == ("820982911946154508", False)
    assert (await platform.payments(read))["captured_minor"] == 12_500


async def test_what_cannot_be_applied_is_listed_and_read_again_when_it_can(
    platform: Platform,
) -> None:
    alone = fulfilment(31, order_id=820982911946154508)
    early = await platform.tell({"fulfillment": alone})
    assert [one["problem"] for one in early["problems"]] == ["order-not-told"]

    await platform.tell(shopify())
    path = f"/v1/platform-orders/{early['delivery_id']}"
    again = await platform.client.post(f"{path}/readings")
    await platform.reader.read_waiting()
    read = (await platform.client.get(path)).json()

    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert (read["state"], read["problems"]) == ("read", [])
    assert (await platform.order(read))["fulfilment"] == "handed-over"


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (b"<html>busy</html>", "payload-unreadable"),
        (b'{"hello": 1}', "payload-unreadable"),
        (body_of({"orders": [7]}), "platform-order-unreadable"),
        (body_of(shopify(total_price="125.001")), "platform-order-unreadable"),
        (body_of(shopify(currency="XXX")), "platform-order-unreadable"),
        (body_of(shopify(line_items=[])), "platform-order-unreadable"),
        (body_of(shopify(line_items=[{"sku": "A", "quantity": "2"}])), "platform-order-unreadable"),
        (body_of(shopify(shipping_lines=7)), "platform-order-unreadable"),
        (body_of(shopify(test=True)), "test-order"),
        (body_of(shopify(processed_at="2026-03-01T10:00:00")), "platform-order-unreadable"),
    ],
    ids=["html", "other", "list", "decimals", "currency", "lines", "count", "form", "test", "zone"],
)
async def test_what_cannot_be_read_is_kept_and_said(
    platform: Platform, rows: Rows, told: bytes, problem: str
) -> None:
    read = await platform.tell(told)

    assert [one["problem"] for one in read["problems"]] == [problem]
    assert read["problems"][0]["detail"]
    [kept] = await rows(platform_deliveries)
    assert (kept["payload"], await rows(orders)) == (told, [])


async def test_payloads_are_emptied_when_they_are_old_and_by_an_erasure(
    platform: Platform, database: Database, rows: Rows
) -> None:
    read = await platform.tell(shopify())
    await platform.tell(shopify(id=2))
    async with unit_of_work(database) as tx:
        await erase_order(tx, ORDER.read(read["order_ids"][0]), at=datetime.now(UTC))
    assert [one["payload"] is None for one in await rows(platform_deliveries)] == [True, False]

    await platform.tell(shopify(tags="told again"))
    kept = [one["payload"] is None for one in await rows(platform_deliveries)]
    assert sorted(kept) == [False, True, True]
    assert (await platform.order(read))["contact"] is None

    assert await forget_payloads(database, read_before=datetime.now(UTC) + timedelta(1)) == 1
    gone = await platform.client.post(f"/v1/platform-orders/{read['delivery_id']}/readings")
    assert (gone.status_code, gone.json()["type"][-17:]) == (409, "payload-forgotten")


async def test_an_export_shows_what_a_platform_sent_of_the_customer_alone(
    platform: Platform, database: Database, make_client: MakeClient
) -> None:
    alone = await platform.tell(shopify())
    await platform.tell([shopify(id=2), shopify(id=3)])
    async with unit_of_work(database) as tx:
        mine = orders.c.external_ref.in_(["820982911946154508", "2"])
        await tx.execute(update(orders).where(mine).values(customer_id=read_global_id(CUSTOMER)))

    privileged = make_client("customers:privacy")
    told = (await privileged.get(f"/v1/exports/{CUSTOMER}")).json()["tables"]["platform_deliveries"]

    assert [one["payload"] for one in told] == [body_of(shopify()).decode(), None]
    assert told[0]["order_id"] == alone["order_ids"][0]


async def test_two_workers_apply_the_same_orders_once(platform: Platform, rows: Rows) -> None:
    for number in range(24):
        told = shopify(id=number % 6, financial_status="paid", note=str(number))
        await platform.send(told | {"fulfillments": [fulfilment(number % 6)]})

    counts = await asyncio.gather(*(platform.reader.read_waiting() for _ in range(3)))

    assert sum(counts) == 24
    assert len(await rows(orders)) == 6
    assert all(one["problems"] == [] for one in await rows(platform_deliveries))
