"""Sums of a sale that cannot be: each is refused by name, with its field and its mend."""

from typing import Any

import httpx
import pytest

from orders.domain.money import LARGEST_MINOR
from orders.store.tables import orders
from tests.orders.conftest import Body, Count, Place, an_order
from tests.orders.test_changing import slug

BAG: Body = {"sku": "BAG", "quantity": 1, "unit_price_minor": 100}


@pytest.mark.parametrize(
    ("line", "order", "problem", "field"),
    [
        ({"discount_minor": 101}, {}, "discount-above-price", "lines.0.discount_minor"),
        (
            {"quantity": 2, "serial_number": "S-1"},
            {},
            "several-under-one-serial-number",
            "quantity",
        ),
        ({"tax_minor": 101}, {"prices_include_tax": True}, "tax-above-price", "lines.0.tax_minor"),
        (
            {"tax_minor": 51, "discount_minor": 50},
            {"prices_include_tax": True},
            "tax-above-price",
            "lines.0.tax_minor",
        ),
        ({"quantity": 2, "unit_price_minor": LARGEST_MINOR}, {}, "amount-too-large", "lines.0"),
        ({"unit_price_minor": LARGEST_MINOR}, {"shipping_minor": 1}, "amount-too-large", "lines"),
    ],
)
async def test_a_sale_that_cannot_be_is_refused_by_name(
    client: httpx.AsyncClient, count: Count, line: Body, order: Body, problem: str, field: str
) -> None:
    body = an_order(lines=[BAG | line], **{"shipping_minor": 0, **order})
    answer = await client.post("/v1/orders", json=body)

    assert (answer.status_code, slug(answer)) == (422, problem)
    [told] = answer.json()["errors"]
    assert told["field"] in {field, f"lines.0.{field}"}
    assert told["mend"].startswith("Send ")
    assert await count(orders) == 0


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ({"tax_minor": 100}, {"prices_include_tax": True}),
        ({"tax_minor": 300}, {"prices_include_tax": False}),
        ({"serial_number": "S-1"}, {}),
        ({"unit_price_minor": LARGEST_MINOR}, {}),
    ],
)
async def test_the_most_that_can_be_is_taken(place: Place, line: Body, order: Any) -> None:
    await place(lines=[BAG | line], **{"shipping_minor": 0, **order})


async def test_a_line_that_comes_later_is_held_to_the_same_rules(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(prices_include_tax=True)
    body = {"reason": "more", "add_lines": [BAG | {"tax_minor": 101}]}
    answer = await client.post(f"/v1/orders/{order['order_id']}/amendments", json=body)

    assert (answer.status_code, slug(answer)) == (422, "tax-above-price")
    assert answer.json()["errors"][0]["field"] == "add_lines.0.tax_minor"
