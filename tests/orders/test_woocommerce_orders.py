"""WooCommerce's orders, of its present API and of the published samples of before."""

import json

import httpx
import pytest

from chassis.database import Database
from orders.adapters.platforms.sources import read_orders
from orders.api.order_in import order_of
from orders.domain.platform_orders import PlatformOrder, Shop
from orders.jobs.read_platform_orders import PlatformReader
from orders.store.claims import ClaimCipher
from tests.orders.platform_payloads import Told, body_of, sample, woocommerce
from tests.orders.test_platform_orders import Platform


@pytest.fixture
def platform(client: httpx.AsyncClient, database: Database, cipher: ClaimCipher) -> Platform:
    return Platform(client, PlatformReader(database, cipher, order_of))


async def test_lines_without_tax_come_to_what_the_platform_says(platform: Platform) -> None:
    order = await platform.order(await platform.tell(woocommerce(), "woocommerce"))

    assert (order["total_minor"], order["shipping_minor"]) == (3_300, 500)
    lines = [
        {
            name: line[name]
            for name in ("sku", "quantity", "unit_price_minor", "discount_minor", "tax_minor")
        }
        for line in order["lines"]
    ]
    assert lines == [
        {
            "sku": "SCARF-01",
            "quantity": 3,
            "unit_price_minor": 834,
            "discount_minor": 502,
            "tax_minor": 400,
        },
        {
            "sku": "product-22",
            "quantity": 1,
            "unit_price_minor": 333,
            "discount_minor": 0,
            "tax_minor": 67,
        },
    ]
    assert order["lines"][0]["taxes"][0]["name"] == "TVA"
    assert order["lines"][1]["taxes"] == []
    assert order["placed_at"] == "2026-03-01T09:00:00Z"


async def test_the_published_lists_are_placed_to_the_cent(platform: Platform) -> None:
    read = await platform.tell(sample("woocommerce/orders_3.json"), "woocommerce")
    again = await platform.tell(sample("woocommerce/orders_5.json"), "woocommerce")
    single = await platform.tell(sample("woocommerce/orders_1.json"), "woocommerce")

    assert (read["placed"], read["problems"], again["known"], single["known"]) == (2, [], 2, 1)
    told = {
        str(one["id"]): one["total"]
        for one in json.loads(sample("woocommerce/orders_3.json"))["orders"]
    }
    for order_id in read["order_ids"]:
        order = (await platform.client.get(f"/v1/orders/{order_id}")).json()
        assert f"{order['total_minor'] / 100:.2f}" == told[order["external_ref"]]
        paid = (await platform.client.get(f"/v1/orders/{order_id}/payments")).json()
        assert paid["state"] == ("paid" if order["external_ref"] == "645" else "pending")


async def test_fees_below_zero_are_taken_off_the_lines_to_the_minor_unit(
    platform: Platform,
) -> None:
    fees = [
        {"name": "Gift wrap", "total": "2.00", "total_tax": "0.40"},
        {"name": "Loyal", "total": "-3.01", "total_tax": "0"},
    ]
    told = woocommerce(fee_lines=fees, total="32.39")

    order = await platform.order(await platform.tell(told, "woocommerce"))

    assert [line["discount_minor"] for line in order["lines"]] == [502 + 258, 43, 0]
    assert order["lines"][2]["sku"] == "fee"


async def test_a_fee_below_zero_takes_its_tax_off_the_lines_taxes(platform: Platform) -> None:
    fees = [{"name": "Staff", "total": "-5.00", "total_tax": "-1.00"}]
    told = woocommerce(fee_lines=fees, total="27.00")

    read = await platform.tell(told, "woocommerce")

    assert read["problems"] == []
    order = await platform.order(read)
    assert [line["tax_minor"] for line in order["lines"]] == [400 - 86, 67 - 14]
    assert order["total_minor"] == 2_700


async def test_what_is_no_goods_leaves_with_the_parcels(platform: Platform) -> None:
    parcels = [{"tracking_provider": "DHL Express", "tracking_number": "JD01"}]
    told = woocommerce(
        fee_lines=[{"name": "Gift wrap", "total": "2.00", "total_tax": "0.40"}],
        coupon_lines=[{"code": "spring", "discount": "5.00", "discount_tax": "1.00"}],
        meta_data=[{"key": "_wc_shipment_tracking_items", "value": parcels}],
        total="35.40",
    )

    read = await platform.tell(told, "woocommerce")

    assert read["problems"] == []
    assert (await platform.order(read))["fulfilment"] == "handed-over"


async def test_payment_refund_parcels_and_cancellation_follow(platform: Platform) -> None:
    parcels = [{"tracking_provider": "DHL Express", "tracking_number": "JD01"}]
    meta = [{"key": "_wc_shipment_tracking_items", "value": parcels}]
    paid = woocommerce(date_paid_gmt="2026-03-01T09:02:00", transaction_id="pi_3Mt", meta_data=meta)
    refunds = [{"id": 9, "reason": "torn", "total": "-8.00"}]
    await platform.tell(woocommerce(), "woocommerce")
    read = await platform.tell([paid, paid | {"refunds": refunds}], "woocommerce")

    assert read["problems"] == []
    money = await platform.payments(read)
    assert [(one["kind"], one["reference"], one["amount_minor"]) for one in money["payments"]] == [
        ("captured", "pi_3Mt", 3_300),
        ("refunded", "woocommerce-refund-9", 800),
    ]
    [parcel] = (await platform.order(read))["parcels"]
    assert (parcel["carrier"], parcel["tracking_number"]) == ("dhl", "JD01")

    cancelled = await platform.tell(paid | {"status": "cancelled"}, "woocommerce")
    assert [one["problem"] for one in cancelled["problems"]] == ["order-already-shipped"]


@pytest.mark.parametrize(
    ("told", "placed", "problems"),
    [
        (woocommerce(status="checkout-draft"), 0, []),
        ({"id": 727}, 0, []),
        (woocommerce(transaction_id="4242 4242 4242 4242"), 0, ["card-number-told"]),
        (woocommerce(total="33.01"), 0, ["total-mismatch"]),
        ([woocommerce(id=1), woocommerce(id=2, total="1")], 1, ["total-mismatch"]),
    ],
    ids=["draft", "deleted", "card", "total", "one-of-two"],
)
async def test_what_is_no_order_or_does_not_add_up_is_not_placed(
    platform: Platform, told: Told, placed: int, problems: list[str]
) -> None:
    read = await platform.tell(told, "woocommerce")

    assert read["placed"] == placed
    assert [one["problem"] for one in read["problems"]] == problems


@pytest.mark.parametrize(
    ("currency", "total", "minor"),
    [("JPY", "3300", 3_300), ("JPY", "3300.00", 3_300), ("KWD", "33.000", 33_000)],
)
def test_amounts_follow_their_currencys_decimals(currency: str, total: str, minor: int) -> None:
    line = {"sku": "A", "quantity": 1, "subtotal": total, "total": total}
    told = woocommerce(currency=currency, total=total, shipping_total="0", line_items=[line])

    [order] = read_orders("woocommerce", body_of(told), Shop(source="tokyo-web"))

    assert isinstance(order, PlatformOrder)
    assert order.body is not None
    assert order.body["total_minor"] == minor
