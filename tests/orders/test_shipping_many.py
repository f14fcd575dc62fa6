"""Shipments of many orders at once: a result for each, the same again changes nothing."""

import asyncio
from collections.abc import Sequence

import httpx

from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.store import tables
from orders.store.tracking_tables import parcels
from tests.orders.conftest import OUTBOX, Body, Count, Place, Rows


def shipment(order: Body, *numbers: str, lines: Sequence[tuple[int, int]] | None = None) -> Body:
    inside = (
        {}
        if lines is None
        else {"lines": [{"line_no": line, "quantity": count} for line, count in lines]}
    )
    told = [{"carrier": "dhl", "tracking_number": number, **inside} for number in numbers]
    return {"order_id": order["order_id"], "parcels": told}


async def send(client: httpx.AsyncClient, *items: object) -> list[Body]:
    answer = await client.post("/v1/shipments", json=list(items))
    assert answer.status_code == 200, answer.text
    assert [one["index"] for one in answer.json()] == list(range(len(items)))
    return answer.json()


def outcomes(results: Sequence[Body]) -> list[str]:
    return [
        one["outcome"] if one["problem"] is None else one["problem"]["type"].rpartition(":")[2]
        for one in results
    ]


async def test_each_shipment_has_its_own_result_and_bad_ones_spoil_nothing(
    client: httpx.AsyncClient, place: Place
) -> None:
    whole, parted, cancelled = [await place(external_ref=name) for name in "abc"]
    await client.post(f"/v1/orders/{cancelled['order_id']}/cancel", json={"reason": "late"})

    results = await send(
        client,
        shipment(whole, "1"),
        shipment(parted, "2", lines=[(1, 1)]),
        shipment(parted, "3", lines=[(1, 2)]),
        shipment(parted, "4"),
        shipment(parted, "5"),
        shipment(cancelled, "6"),
        shipment({"order_id": "ord_01jzq3v5c8e7m9r2t4w6y8a0bd"}, "7"),
        shipment(whole),
        {"parcels": []},
        "a parcel",
    )

    assert outcomes(results) == [
        "shipped",
        "shipped",
        "quantity-not-there",
        "shipped",
        "nothing-left-to-ship",
        "order-already-cancelled",
        "order-not-found",
        "invalid",
        "invalid",
        "invalid",
    ]
    order = (await client.get(f"/v1/orders/{parted['order_id']}")).json()
    assert [one["parcel_id"] for one in order["parcels"]] == [
        *results[1]["parcel_ids"],
        *results[3]["parcel_ids"],
    ]
    assert (order["commercial"], order["fulfilment"]) == ("confirmed", "handed-over")
    assert order["version"] == 2


async def test_shipments_that_are_sent_again_change_nothing(
    client: httpx.AsyncClient, place: Place, rows: Rows, count: Count
) -> None:
    orders = [await place(external_ref=f"{number}") for number in range(3)]
    told = [
        shipment(orders[0], "1"),
        shipment(orders[1], "2", "3"),
        shipment(orders[2], "4", lines=[(1, 1)]),
    ]
    first, same = await asyncio.gather(send(client, *told), send(client, *reversed(told)))
    before = await rows(tables.orders), await count(OUTBOX)
    again = await send(client, *told)

    together = [set(pair) for pair in zip(outcomes(first), outcomes(same[::-1]), strict=True)]
    assert together == [{"shipped", "repeated"}] * 3
    assert outcomes(again) == ["repeated"] * 3
    assert [one["parcel_ids"] for one in again] == [one["parcel_ids"] for one in first]
    assert (await rows(tables.orders), await count(OUTBOX)) == before
    assert len(await rows(parcels)) == 4


async def test_numbers_that_are_told_with_other_contents_are_refused(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await send(client, shipment(order, "1", lines=[(1, 1)]), shipment(order, "2", "3"))

    results = await send(
        client,
        shipment(order, "1", lines=[(1, 2)]),
        shipment(order, "2"),
        shipment(order, "3", "2"),
        shipment(order, "9", "9"),
    )

    assert outcomes(results)[2] == "repeated"
    assert {outcomes(results)[place] for place in (0, 1, 3)} <= {
        "quantity-not-there",
        "nothing-left-to-ship",
        "parcel-already-registered",
    }


async def test_a_shipment_repeats_one_that_was_registered_alone(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    told = shipment(order, "1")
    alone = await client.post(
        f"/v1/orders/{order['order_id']}/shipments", json={"parcels": told["parcels"]}
    )

    [result] = await send(client, told)

    assert alone.status_code == 201
    assert outcomes([result]) == ["repeated"]
    assert result["parcel_ids"] == [alone.json()["parcels"][0]["parcel_id"]]


async def test_what_carriers_said_before_is_recorded_with_each_parcel(
    client: httpx.AsyncClient, place: Place
) -> None:
    orders = [await place(external_ref=name) for name in "ab"]
    events = [
        {
            "carrier": "dhl",
            "tracking_number": number,
            "status": "delivered",
            "occurred_at": "2026-03-04T10:00:00Z",
        }
        for number in "12"
    ]
    await client.post("/v1/tracking-events", json=events)

    await send(
        client, *(shipment(order, number) for order, number in zip(orders, "12", strict=True))
    )

    read = [(await client.get(f"/v1/orders/{order['order_id']}")).json() for order in orders]
    assert [(one["commercial"], one["fulfilment"]) for one in read] == [("closed", "delivered")] * 2


async def test_a_client_of_a_region_ships_only_what_it_may_read(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str]
) -> None:
    orders = [await place(external_ref=region, home_region=region) for region in ("EU", "JP")]
    purview = Purview.of_document({"purchases": {"only": ["EU"]}})
    principal = Principal("paris", frozenset({"orders:write"}), purview)
    client.headers[HEADER] = PrincipalSigner(principal_keys[0]).sign(principal)

    results = await send(client, shipment(orders[0], "1"), shipment(orders[1], "2"))

    assert outcomes(results) == ["shipped", "home-region-closed"]
