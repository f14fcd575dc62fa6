"""Words of carriers that have no known meaning are counted and listed, with an example."""

import httpx

from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.store import tables
from tests.orders.conftest import Body, Place, Rows


def unknown(number: str, code: str | None, hour: int, text: str | None = None) -> Body:
    told = {
        "carrier": "dhl",
        "tracking_number": number,
        "status": "unknown",
        "occurred_at": f"2026-03-02T{hour:02}:00:00Z",
        "code": code,
        "description": text,
    }
    return {name: value for name, value in told.items() if value is not None}


async def told(client: httpx.AsyncClient, place: Place, region: str | None = None) -> None:
    order = await place(home_region=region)
    parcel = {"carrier": "dhl", "tracking_number": "1"}
    url = f"/v1/orders/{order['order_id']}/shipments"
    assert (await client.post(url, json={"parcels": [parcel]})).status_code == 201
    events = [
        unknown("1", "ZZ9", 1, "Colis en attente"),
        unknown("1", "ZZ9", 2),
        unknown("1", "ZZ9", 2),
        unknown("1", "AA1", 3),
        unknown("1", None, 4),
        unknown("1", "KNOWN", 5) | {"status": "in_transit"},
    ]
    assert (await client.post("/v1/tracking-events", json=events)).status_code == 200


async def test_they_are_counted_by_carrier_and_code(
    client: httpx.AsyncClient, place: Place
) -> None:
    await told(client, place)
    first = (await client.get("/v1/unmapped-codes?limit=1")).json()
    second = (await client.get(f"/v1/unmapped-codes?cursor={first['next_cursor']}")).json()
    listed = [*first["items"], *second["items"]]
    assert [(one["carrier"], one["code"], one["times"], one["example"]) for one in listed] == [
        ("dhl", "AA1", 1, None),
        ("dhl", "ZZ9", 2, "Colis en attente"),
    ]
    assert all(one["first_seen_at"] <= one["last_seen_at"] for one in listed)
    assert second["next_cursor"] is None


async def test_the_example_is_told_only_where_its_region_is_open(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str]
) -> None:
    await told(client, place, region="JP")
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    caller = Principal("till", frozenset({"orders:read"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(caller)}
    items = (await client.get("/v1/unmapped-codes", headers=headers)).json()["items"]
    assert [(one["times"], one["example"]) for one in items] == [(1, None), (2, None)]


async def test_the_example_is_no_copy_that_an_erasure_would_miss(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    await told(client, place)
    assert all("description" not in row for row in await rows(tables.unmapped_codes))
