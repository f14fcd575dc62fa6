"""Shopify's orders: tips, duties, edits, parts that leave, refunds, other currencies."""

import httpx
import pytest

from chassis.database import Database
from orders.adapters.platforms.sources import read_orders
from orders.api.order_in import order_of
from orders.domain.platform_orders import PlatformOrder, Shop
from orders.jobs.read_platform_orders import PlatformReader
from orders.store.claims import ClaimCipher
from tests.orders.platform_payloads import (
    BELT,
    LINES,
    SCARF,
    Told,
    body_of,
    fulfilment,
    refund,
    shopify,
)
from tests.orders.test_platform_orders import Platform


@pytest.fixture
def platform(client: httpx.AsyncClient, database: Database, cipher: ClaimCipher) -> Platform:
    return Platform(client, PlatformReader(database, cipher, order_of))


async def test_tips_duties_and_fees_are_lines_of_their_own(platform: Platform) -> None:
    duty = {
        "shop_money": {"amount": "6.00", "currency_code": "EUR"},
        "presentment_money": {"amount": "900", "currency_code": "JPY"},
        "tax_lines": [{"title": "TVA", "price": "1.00"}],
    }
    fees = {"shop_money": {"amount": "2.50", "currency_code": "EUR"}}
    told = shopify(
        line_items=[LINES[0], LINES[1] | {"duties": [duty]}],
        total_tip_received="3.00",
        original_total_additional_fees_set=fees,
        total_price="136.50",
    )

    read = await platform.tell(told)

    assert read["problems"] == []
    order = await platform.order(read)
    assert [(line["sku"], line["total_minor"], line["tax_minor"]) for line in order["lines"]] == [
        ("SCARF-01", 9_000, 1_500),
        ("variant-77", 3_000, 500),
        ("tip", 300, 0),
        ("duties", 600, 100),
        ("fee", 250, 0),
    ]


async def test_a_tip_that_a_line_tells_is_not_told_twice_and_leaves_with_the_goods(
    platform: Platform,
) -> None:
    tip = {"id": 9, "title": "Tip", "quantity": 1, "price": "3.00", "tip_payment_gateway": None}
    told = shopify(
        line_items=[*LINES, tip],
        total_tip_received="3.00",
        total_price="128.00",
        fulfillments=[fulfilment()],
    )

    read = await platform.tell(told)

    assert read["problems"] == []
    order = await platform.order(read)
    assert [line["sku"] for line in order["lines"]] == ["SCARF-01", "variant-77", "tip"]
    assert order["fulfilment"] == "handed-over"


async def test_what_is_sold_at_a_counter_is_taken_away_unless_it_is_sent(
    platform: Platform,
) -> None:
    bare = shopify(id=1, source_name="pos", shipping_lines=[], total_price="120.00")
    sent = shopify(id=2, source_name="pos")

    orders = [await platform.order(await platform.tell(told)) for told in (bare, sent)]

    assert [(one["channel"], one["commercial"]) for one in orders] == [
        ("shop", "closed"),
        ("shop", "placed"),
    ]


async def test_an_edit_adds_lines_and_pieces_and_takes_others_away(platform: Platform) -> None:
    await platform.tell(shopify())
    more = LINES[1] | {
        "quantity": 2,
        "tax_lines": [{"title": "TVA", "rate": 0.2, "price": "10.00"}],
    }
    edited = shopify(
        line_items=[LINES[0], more, BELT],
        refunds=[refund(7, "cancel", LINES[0], "45.00", transactions=[])],
        total_price="179.00",
        current_total_price="134.00",
        financial_status="paid",
    )

    read = await platform.tell(edited)

    assert read["problems"] == []
    order = await platform.order(read)
    assert [(line["sku"], line["quantity"], line["total_minor"]) for line in order["lines"]] == [
        ("SCARF-01", 2, 9_000),
        ("variant-77", 1, 3_000),
        ("variant-77", 1, 3_000),
        ("BELT-02", 1, 2_400),
    ]
    assert (order["total_minor"], order["present_total_minor"]) == (12_500, 13_400)
    payments = await platform.payments(read)
    assert (payments["state"], payments["captured_minor"]) == ("paid", 13_400)


async def test_an_edit_after_a_part_has_left_is_applied(platform: Platform) -> None:
    left = fulfilment(31, line_items=[SCARF])
    await platform.tell(shopify(fulfillments=[left]))
    rest = fulfilment(32, line_items=[SCARF, LINES[1], BELT], tracking_numbers=["8X0002"])
    edited = shopify(line_items=[*LINES, BELT], total_price="149.00", fulfillments=[left, rest])

    read = await platform.tell(edited)

    assert read["problems"] == []
    assert (await platform.order(read))["fulfilment"] == "handed-over"


async def test_several_parcels_hold_a_part_together(platform: Platform) -> None:
    both = fulfilment(31, line_items=[LINES[0]], tracking_numbers=["8X0001", "8X0002"])

    read = await platform.tell(shopify(fulfillments=[both]))

    assert read["problems"] == []
    order = await platform.order(read)
    assert [line["quantities"]["handed_over"] for line in order["lines"]] == [2, 0]
    for number, fulfilled in (("8X0001", "partly-handed-over"), ("8X0002", "partly-delivered")):
        event = {"carrier": "laposte", "tracking_number": number, "status": "delivered"}
        told = [event | {"occurred_at": "2026-03-04T10:00:00Z"}]
        await platform.client.post("/v1/tracking-events", json=told)
        assert (await platform.order(read))["fulfilment"] == fulfilled


async def test_a_cancellation_after_a_part_has_left_calls_off_the_rest(
    platform: Platform,
) -> None:
    left = fulfilment(31, line_items=[SCARF])
    gone = {
        "fulfillments": [left],
        "cancelled_at": "2026-03-03T10:00:00Z",
        "cancel_reason": "inventory",
    }
    await platform.tell(shopify(fulfillments=[left]))

    reads = [await platform.tell(shopify(**gone, tags=tags)) for tags in ("", "again")]

    assert [one["problems"] for one in reads] == [[], []]
    order = await platform.order(reads[0])
    assert [line["quantities"]["cancelled"] for line in order["lines"]] == [1, 1]
    assert (order["commercial"], order["present_total_minor"]) == ("confirmed", 5_000)
    event = {"carrier": "laposte", "tracking_number": "8X0001", "status": "delivered"}
    told = [event | {"occurred_at": "2026-03-04T10:00:00Z"}]
    await platform.client.post("/v1/tracking-events", json=told)
    assert (await platform.order(reads[0]))["commercial"] == "closed"


async def test_calling_off_the_rest_of_what_has_arrived_closes_the_order(
    platform: Platform,
) -> None:
    await platform.tell(shopify(fulfillments=[fulfilment(31, line_items=[LINES[0]])]))
    event = {"carrier": "laposte", "tracking_number": "8X0001", "status": "delivered"}
    told = [event | {"occurred_at": "2026-03-04T10:00:00Z"}]
    await platform.client.post("/v1/tracking-events", json=told)

    read = await platform.tell(
        shopify(
            fulfillments=[fulfilment(31, line_items=[LINES[0]])],
            refunds=[refund(7, "cancel", LINES[1], "30.00", transactions=[])],
        )
    )

    order = await platform.order(read)
    assert (read["problems"], order["commercial"], order["fulfilment"]) == (
        [],
        "closed",
        "delivered",
    )


@pytest.mark.parametrize(
    ("line", "fulfilments", "cancelled"),
    [
        (LINES[1], [], 1),
        (LINES[1] | {"fulfillable_quantity": 0}, [], 1),
        (LINES[1] | {"fulfillable_quantity": 1}, [], 0),
        (LINES[1], [fulfilment()], 0),
        (LINES[1] | {"fulfillable_quantity": 0}, [fulfilment()], 0),
    ],
    ids=["nothing-left", "nothing-to-come", "still-to-come", "all-left", "all-left-told"],
)
async def test_what_is_not_restocked_is_called_off_only_where_it_will_not_leave(
    platform: Platform, line: Told, fulfilments: list[Told], cancelled: int
) -> None:
    read = await platform.tell(
        shopify(
            line_items=[LINES[0], line],
            fulfillments=fulfilments,
            financial_status="partially_refunded",
            refunds=[refund(7, "no_restock", line, "30.00")],
        )
    )

    assert read["problems"] == []
    quantities = (await platform.order(read))["lines"][1]["quantities"]
    assert (quantities["cancelled"], quantities["returned"]) == (cancelled, 0)
    assert (await platform.payments(read))["refunded_minor"] == 3_000


async def test_refunding_all_that_is_to_leave_cancels_the_order(platform: Platform) -> None:
    line: Told = LINES[1]
    told = shopify(
        line_items=[line],
        total_price="35.00",
        total_discounts="0.00",
        financial_status="partially_refunded",
        refunds=[refund(7, "cancel", line, "30.00")],
    )

    reads = [await platform.tell(told | {"tags": tags}) for tags in ("", "again")]

    order = await platform.order(reads[1])
    assert [one["problems"] for one in reads] == [[], []]
    assert (order["commercial"], order["cancel_reason"]) == ("cancelled", "refund")


async def test_several_gateways_are_one_method_with_all_their_names(platform: Platform) -> None:
    told = shopify(financial_status="paid", payment_gateway_names=["gift_card", "shopify_payments"])

    payments = await platform.payments(await platform.tell(told))

    assert [one["method"] for one in payments["payments"]] == ["gift_card+shopify_payments"]


async def test_a_refund_in_the_currency_that_was_shown_is_kept_in_the_shops(
    platform: Platform,
) -> None:
    money = {"id": 5, "kind": "refund", "status": "success", "amount": "8000", "currency": "JPY"}
    told = refund(
        7,
        "return",
        LINES[0],
        "45.00",
        transactions=[money | {"created_at": "2026-03-09T10:00:00Z"}],
        order_adjustments=[{"kind": "shipping_refund", "amount": "-5.00", "tax_amount": "0.00"}],
    )

    read = await platform.tell(
        shopify(
            presentment_currency="JPY",
            financial_status="partially_refunded",
            fulfillments=[fulfilment()],
            refunds=[told],
        )
    )

    assert read["problems"] == []
    payments = await platform.payments(read)
    assert (payments["currency"], payments["refunded_minor"]) == ("EUR", 5_000)


@pytest.mark.parametrize(
    "told",
    [
        {"order_edit": {"id": 4, "order_id": 8, "line_items": {"additions": [], "removals": []}}},
        {"id": 7, "order_id": 8, "refund_line_items": [], "transactions": []},
        {"id": 5, "order_id": 8, "kind": "capture", "status": "success", "amount": "8.00"},
    ],
    ids=["edit", "refund", "transaction"],
)
async def test_what_is_told_without_its_order_is_listed_with_what_to_do(
    platform: Platform, told: Told
) -> None:
    [problem] = (await platform.tell(told))["problems"]

    assert (problem["external_ref"], problem["problem"]) == ("8", "told-by-its-order")
    assert "orders/updated" in problem["detail"]


def test_an_order_in_a_currency_without_decimals_is_read_by_whole_units() -> None:
    line = {"id": 1, "sku": "A", "quantity": 2, "price": "1500"}
    told = shopify(
        currency="JPY", line_items=[line], shipping_lines=[], total_price="3000.0", total_tax="0"
    )

    [order] = read_orders("shopify", body_of(told), Shop(source="tokyo-web"))

    assert isinstance(order, PlatformOrder)
    assert order.body is not None
    assert (order.body["total_minor"], order.body["lines"][0]["unit_price_minor"]) == (3_000, 1_500)
