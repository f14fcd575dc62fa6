"""Goods that were lost, or that their carrier brought back, are seen in their order."""

from typing import Any

import httpx
import pytest

from tests.orders.conftest import Body, Place, a_return
from tests.orders.test_tracking import record

LOST = {"status": "lost_or_damaged", "occurred_at": "2026-03-05T10:00:00Z"}
BACK = {"status": "returned", "occurred_at": "2026-03-06T10:00:00Z"}
THERE = {"status": "delivered", "occurred_at": "2026-03-07T10:00:00Z"}
ON_ITS_WAY = {"status": "return_to_sender", "occurred_at": "2026-03-05T10:00:00Z"}


async def sent(client: httpx.AsyncClient, order: Body, *contents: Any) -> list[Body]:
    """Ship parcels; each holds what is told of lines, or the rest."""
    parcels: list[Body] = [
        {"carrier": "dhl", "tracking_number": str(number)}
        | ({} if lines is None else {"lines": [{"line_no": n, "quantity": q} for n, q in lines]})
        for number, lines in enumerate(contents)
    ]
    url = f"/v1/orders/{order['order_id']}/shipments"
    answer = await client.post(url, json={"parcels": parcels})
    assert answer.status_code == 201, answer.text
    return sorted(answer.json()["parcels"], key=lambda parcel: parcel["tracking_number"])


async def astray(client: httpx.AsyncClient, order: Body) -> tuple[list[Any], bool]:
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    return [(one["lost"], one["sent_back"]) for one in after["lines"]], after["is_stranded"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ([LOST], ([(2, 0), (1, 0)], True)),
        ([ON_ITS_WAY], ([(0, 0), (0, 0)], False)),
        ([ON_ITS_WAY, BACK], ([(0, 2), (0, 1)], True)),
        ([LOST, THERE], ([(0, 0), (0, 0)], False)),
    ],
    ids=["lost", "on its way back", "back", "found"],
)
async def test_an_order_shows_what_did_not_arrive(
    client: httpx.AsyncClient, place: Place, told: list[Body], shown: Any
) -> None:
    order = await place()
    [parcel] = await sent(client, order, None)
    for one in told:
        await record(client, parcel, one)
    assert await astray(client, order) == shown


async def test_an_order_is_stranded_once_nothing_is_under_way_any_more(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    first, second = await sent(client, order, [(1, 2)], [(2, 1)])
    await record(client, first, LOST)
    before = await astray(client, order)
    await record(client, second, THERE)
    assert before == ([(2, 0), (0, 0)], False)
    assert await astray(client, order) == ([(2, 0), (0, 0)], True)


async def test_of_what_parcels_hold_together_a_part_is_lost_when_none_is_under_way(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    first, second = await sent(client, order, None, None)
    await record(client, first, LOST)
    before = await astray(client, order)
    await record(client, second, BACK)
    assert before == ([(0, 0), (0, 0)], False)
    assert await astray(client, order) == ([(2, 0), (1, 0)], True)


async def test_a_return_of_what_was_sent_back_ends_it(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    [parcel] = await sent(client, order, None)
    await record(client, parcel, BACK)
    lines = [{"sku": "SCARF-01", "quantity": 2}, {"sku": "PEN-07", "quantity": 1}]
    body = a_return(order_id=order["order_id"], lines=lines, refund_minor=0)
    answer = await client.post("/v1/returns", json=body)
    assert answer.status_code == 201, answer.text
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert (after["fulfilment"], after["commercial"]) == ("returned", "closed")
    assert await astray(client, order) == ([(0, 0), (0, 0)], False)
