"""Exchanges: credit for goods that came back, once, for another order, never beyond their worth."""

import asyncio
from typing import Any

import httpx
import pytest

from chassis.global_ids import new_global_id, show_global_id
from orders.store.tables import returns
from tests.orders.conftest import CUSTOMER, Body, Count, Place, a_return
from tests.orders.test_changing import cancel, slug
from tests.orders.test_payments import pay, told
from tests.orders.test_settling import BAGS, paid_of, send_back, whole

OTHER_CUSTOMER = show_global_id(new_global_id(lambda _bits: 7))


async def exchange(
    client: httpx.AsyncClient, order: Body, back: Body, **body: Any
) -> httpx.Response:
    url = f"/v1/orders/{order['order_id']}/exchanges/{back['return_id']}"
    return await client.put(url, json=body)


async def test_an_order_is_not_exchanged_for_its_own_return(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(channel="shop", **BAGS)
    refused = await exchange(client, order, await send_back(client, order, 1))

    assert (refused.status_code, slug(refused)) == (409, "exchange-for-itself")


async def test_a_cancelled_order_frees_the_credit_it_took(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", **BAGS, payments=[told("captured", 3_000)])
    back = await send_back(client, first, 2)
    new, other = await place(external_ref="2", **BAGS), await place(external_ref="3", **BAGS)
    await exchange(client, new, back)
    assert (await whole(client, first))[3] == 0

    await cancel(client, new)

    assert await whole(client, new) == ("nothing_due", 0, 0, 0)
    assert (await whole(client, first))[3] == 2_000
    again = await exchange(client, new, back)
    assert (again.status_code, slug(again)) == (409, "order-already-cancelled")
    assert (await exchange(client, other, back)).json()["credit_minor"] == 2_000


async def test_a_return_that_was_refunded_is_no_credit(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", **BAGS, payments=[told("captured", 3_000)])
    back, new = await send_back(client, first, 2), await place(external_ref="2", **BAGS)
    await pay(client, first, "refunded", 1_500, "r-1")
    more = await exchange(client, new, back, credit_minor=501)
    assert (more.status_code, slug(more)) == (409, "more-credited-than-paid")

    await pay(client, first, "refunded", 500, "r-2")
    refused = await exchange(client, new, back)

    assert (refused.status_code, slug(refused)) == (409, "more-credited-than-paid")
    assert (await paid_of(client, new))["credit_minor"] == 0


async def test_a_return_that_was_refunded_in_part_is_credited_with_the_rest(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", **BAGS, payments=[told("captured", 3_000)])
    back, new = await send_back(client, first, 2), await place(external_ref="2", **BAGS)
    await pay(client, first, "refunded", 1_500)

    answer = await exchange(client, new, back)

    assert (answer.status_code, answer.json()["credit_minor"]) == (200, 500)


async def test_a_return_that_was_credited_is_not_refunded(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", **BAGS, payments=[told("captured", 3_000)])
    back, new = await send_back(client, first, 2), await place(external_ref="2", **BAGS)
    await exchange(client, new, back, credit_minor=1_200)

    too_much = await pay(client, first, "refunded", 801, "r-1")
    rest = await pay(client, first, "refunded", 800, "r-2")

    assert (too_much.status_code, slug(too_much)) == (409, "more-refunded-than-paid")
    assert (rest.status_code, rest.json()["exchanged_minor"]) == (201, 1_200)


async def test_refund_and_credit_at_once_give_the_worth_of_the_goods_once(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", **BAGS, payments=[told("captured", 3_000)])
    back = await send_back(client, first, 3)
    new = await place(external_ref="2", **BAGS)

    answers = await asyncio.gather(
        exchange(client, new, back), pay(client, first, "refunded", 3_000)
    )

    assert sorted(answer.is_error for answer in answers) == [False, True]
    paid = await paid_of(client, first)
    assert paid["refunded_minor"] + paid["exchanged_minor"] == 3_000


async def test_goods_that_are_known_to_be_unpaid_are_no_credit(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", **BAGS, payments=[told("authorised", 3_000)])
    back, new = await send_back(client, first, 3), await place(external_ref="2", **BAGS)

    refused = await exchange(client, new, back)

    assert (refused.status_code, slug(refused)) == (409, "more-credited-than-paid")


async def test_an_exchange_is_for_the_same_customer(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await place(channel="shop", customer_id=CUSTOMER, **BAGS)
    back = await send_back(client, first, 1)
    other = await place(external_ref="2", customer_id=OTHER_CUSTOMER, **BAGS)

    refused = await exchange(client, other, back)

    assert (refused.status_code, slug(refused)) == (409, "exchange-across-customers")


async def test_an_exchange_is_in_one_currency(client: httpx.AsyncClient, place: Place) -> None:
    back = await send_back(client, await place(channel="shop", **BAGS), 1)
    other = await place(external_ref="2", currency="JPY", **BAGS)

    refused = await exchange(client, other, back)

    assert (refused.status_code, slug(refused)) == (409, "exchange-across-currencies")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (
            {
                "lines": [{"sku": "BAG", "quantity": 1, "refund_minor": 1_035}],
                "refund_minor": 1_035,
            },
            "lines.0.refund_minor",
        ),
        ({"lines": [{"sku": "BAG", "quantity": 1}], "refund_minor": 1_535}, "refund_minor"),
        ({"lines": [{"sku": "BAG", "quantity": 1}], "refund_minor": 999_999}, "refund_minor"),
    ],
)
async def test_no_more_is_refunded_than_was_paid_for_the_goods(
    client: httpx.AsyncClient, place: Place, count: Count, wrong: Body, field: str
) -> None:
    line = {"sku": "BAG", "quantity": 3, "unit_price_minor": 1_000, "tax_minor": 100}
    order = await place(channel="shop", lines=[line], shipping_minor=500)
    body = a_return(order_id=order["order_id"], refund_minor=1_034)

    refused = await client.post("/v1/returns", json=body | wrong)

    assert (refused.status_code, slug(refused)) == (422, "refund-above-paid")
    [problem] = refused.json()["errors"]
    assert problem["field"] == field
    assert ("1034" if field.startswith("lines") else "1534") in problem["mend"]
    assert await count(returns) == 0


async def test_all_returns_of_an_order_come_to_no_more_than_it_cost(
    client: httpx.AsyncClient, place: Place
) -> None:
    line = {"sku": "BAG", "quantity": 3, "unit_price_minor": 100, "discount_minor": 10}
    order = await place(channel="shop", lines=[line], shipping_minor=7)

    async def take_back(ref: str, refund: int) -> httpx.Response:
        lines = [{"sku": "BAG", "quantity": 1}]
        told_ = {"order_id": order["order_id"], "external_ref": ref, "refund_minor": refund}
        return await client.post("/v1/returns", json=a_return(lines=lines, **told_))

    assert [(await take_back(ref, 97)).status_code for ref in ("1", "2")] == [201, 201]
    too_much, rest = await take_back("3", 104), await take_back("4", 103)

    assert (too_much.status_code, slug(too_much)) == (422, "refund-above-paid")
    assert rest.status_code == 201, rest.text
