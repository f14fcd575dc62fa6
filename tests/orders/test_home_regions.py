"""A client of a region reads and changes what is at home where it may read, and nothing else."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from chassis.global_ids import new_global_id, show_global_id
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from tests.orders.conftest import Place, a_return, an_order

Send = Callable[..., Awaitable[httpx.Response]]
ALL_BUT_JAPAN = Purview.of_document({"purchases": {"all_but": ["JP"]}})


@pytest.fixture
def paris(client: httpx.AsyncClient, principal_keys: tuple[str, str]) -> Send:
    """Send a request as a till of Paris, to which Japan is closed."""
    scopes = frozenset({"orders:read", "orders:write"})
    token = PrincipalSigner(principal_keys[0]).sign(Principal("till", scopes, ALL_BUT_JAPAN))

    async def send(method: str, path: str, body: object = None) -> httpx.Response:
        return await client.request(method, path, json=body, headers={HEADER: token})

    return send


async def shipped(client: httpx.AsyncClient, order_id: str) -> str:
    parcel = {"carrier": "yamato", "tracking_number": order_id[-12:]}
    answer = await client.post(f"/v1/orders/{order_id}/shipments", json={"parcels": [parcel]})
    assert answer.status_code == 201, answer.text
    return answer.json()["parcels"][0]["parcel_id"]


async def test_an_order_its_parcel_and_its_return_are_closed_with_their_region(
    client: httpx.AsyncClient, place: Place, paris: Send
) -> None:
    answers: dict[str, list[int]] = {}
    for region in ("JP", "EU"):
        order = await place(external_ref=region, home_region=region)
        path = f"/v1/orders/{order['order_id']}"
        parcel = f"/v1/parcels/{await shipped(client, order['order_id'])}"
        told = a_return(external_ref=region, home_region=region)
        back = (await client.post("/v1/returns", json=told)).headers["Location"]
        event = {"status": "in_transit", "occurred_at": "2026-03-02T10:00:00+01:00"}
        sent = [
            await paris("GET", path),
            await paris("GET", parcel),
            await paris("GET", back),
            await paris("POST", f"{parcel}/tracking-events", event),
            await paris("POST", f"{path}/cancel", {"reason": "late"}),
        ]
        answers[region] = [one.status_code for one in sent]
        refused = [one.json()["type"] for one in sent if one.status_code == 403]
        assert set(refused) <= {"urn:carnet:problem:home-region-closed"}

    assert answers == {"JP": [403] * 5, "EU": [200, 200, 200, 201, 409]}


async def test_lists_and_sums_leave_out_what_is_closed(
    client: httpx.AsyncClient, place: Place, paris: Send
) -> None:
    customer_id = show_global_id(new_global_id())
    kept = await place(external_ref="EU", home_region="EU", customer_id=customer_id)
    await place(external_ref="JP", home_region="JP", customer_id=customer_id)
    told = a_return(external_ref="R-JP", home_region="JP", customer_id=customer_id)
    assert (await client.post("/v1/returns", json=told)).status_code == 201

    listed = (await paris("GET", f"/v1/orders?customer_id={customer_id}")).json()["items"]
    bought = (await paris("GET", f"/v1/customers/{customer_id}/purchases")).json()
    whole = (await client.get(f"/v1/customers/{customer_id}/purchases")).json()

    assert [one["order_id"] for one in listed] == [kept["order_id"]]
    assert [one["order_id"] for one in bought["latest_orders"]] == [kept["order_id"]]
    [sums] = bought["totals"]
    assert (sums["order_count"], sums["return_count"]) == (1, 0)
    [sums] = whole["totals"]
    assert (sums["order_count"], sums["return_count"]) == (2, 1)


async def test_reused_references_of_closed_regions_are_not_reviewed(
    client: httpx.AsyncClient, place: Place, paris: Send
) -> None:
    for region in ("JP", "EU", None):
        named = {"external_ref": f"T-{region}", "home_region": region}
        await place(**named)
        again = await client.post("/v1/orders", json=an_order(**named, store="another"))
        assert again.status_code == 422

    items = (await paris("GET", "/v1/orders/reused-references")).json()["items"]

    assert {one["external_ref"] for one in items} == {"T-EU", "T-None"}


async def test_what_is_not_there_is_not_found(paris: Send) -> None:
    answer = await paris("GET", "/v1/orders/ord_01jzq3v5c8e7m9r2t4w6y8a0bf")

    assert answer.status_code == 404


async def test_goods_of_an_order_of_a_closed_region_are_taken_back_without_it(
    client: httpx.AsyncClient, place: Place, paris: Send
) -> None:
    order = await place(external_ref="JP", home_region="JP", channel="shop")
    told = a_return(external_ref="R-1", order_id=order["order_id"], home_region="EU")

    refused = await paris("POST", "/v1/returns", told)
    taken = await paris("POST", "/v1/returns", told | {"order_id": None})

    assert (refused.status_code, taken.status_code) == (403, 201)
    assert refused.json()["type"] == "urn:carnet:problem:home-region-closed"
    kept = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert kept["fulfilment"] == "delivered"
