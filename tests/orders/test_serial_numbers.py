"""What was sold under a serial number, and whose it is by what is known."""

from typing import Any

import httpx

from chassis.global_ids import new_global_id, show_global_id
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from tests.orders.conftest import Place, a_return

SERIAL = "LV/2026-01"
_OF_LINE = ("category", "warranty_months", "warranty_days")
PATH = f"/v1/serial-numbers/{SERIAL}"


async def sell(place: Place, reference: str, *, day: int, **more: Any) -> dict[str, Any]:
    line = {"sku": "BAG", "quantity": 1, "unit_price_minor": 100, "serial_number": SERIAL}
    line |= {name: more.pop(name) for name in _OF_LINE if name in more}
    return await place(
        external_ref=reference,
        placed_at=f"2026-03-{day:02}T10:00:00+01:00",
        lines=[line],
        total_minor=None,
        shipping_minor=None,
        **more,
    )


async def take_back(client: httpx.AsyncClient, order: dict[str, Any]) -> None:
    body = a_return(
        order_id=order["order_id"],
        lines=[{"sku": "BAG", "quantity": 1, "refund_minor": 100}],
        refund_minor=100,
        external_ref=f"R-{order['external_ref']}",
    )
    answer = await client.post("/v1/returns", json=body)
    assert answer.status_code == 201, answer.text


async def found(client: httpx.AsyncClient, **headers: str) -> dict[str, Any]:
    answer = await client.get(PATH, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_piece_is_whose_it_was_sold_to_last(
    client: httpx.AsyncClient, place: Place
) -> None:
    first, second = (show_global_id(new_global_id()) for _ in range(2))
    sold = await sell(place, "1", day=1, customer_id=first, channel="shop")
    alone = await found(client)
    await take_back(client, sold)
    returned = await found(client)
    again = await sell(place, "2", day=9, customer_id=second)

    whole = await found(client)

    assert (alone["owned_by"]["customer_id"], alone["owned_by"]["piece"]) == (first, "delivered")
    assert (returned["owned_by"], returned["sales"][0]["piece"]) == (None, "returned")
    assert whole["owned_by"]["order_id"] == again["order_id"]
    assert whole["owned_by"]["customer_id"] == second
    assert [one["piece"] for one in whole["sales"]] == ["sold", "returned"]
    assert whole["is_doubtful"] is False


async def test_a_cancelled_sale_makes_nobody_an_owner(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await sell(place, "1", day=1)
    path = f"/v1/orders/{order['order_id']}/cancel"
    assert (await client.post(path, json={"reason": "late"})).status_code == 200

    whole = await found(client)

    assert (whole["owned_by"], whole["sales"][0]["piece"]) == (None, "cancelled")


async def test_two_sales_that_stand_are_doubtful(client: httpx.AsyncClient, place: Place) -> None:
    await sell(place, "1", day=1)
    later = await sell(place, "2", day=2)

    whole = await found(client)

    assert whole["is_doubtful"] is True
    assert whole["owned_by"]["order_id"] == later["order_id"]


async def test_sales_of_closed_regions_are_not_told(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str]
) -> None:
    await sell(place, "1", day=1, home_region="JP")
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"orders:read"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(paris)}
    closed = await client.get(PATH, headers=headers)
    kept = await sell(place, "2", day=2, home_region="EU")

    whole = await found(client, **headers)

    assert closed.status_code == 404
    assert [one["order_id"] for one in whole["sales"]] == [kept["order_id"]]


async def test_a_serial_number_of_nothing_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/serial-numbers/none")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:carnet:problem:serial-number-unknown"
