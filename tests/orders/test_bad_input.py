"""What cannot be taken is a 4xx that names the field and the mend; nothing is stored."""

from typing import Any

import httpx
import pytest

from chassis.paging import encode_cursor
from orders.store import tables
from tests.orders.conftest import (
    CLAIM,
    CUSTOMER,
    TOTAL,
    Body,
    Count,
    MakeClient,
    Place,
    a_return,
    an_order,
)

LARGE = 2**53
NOTHING: list[Body] = []
BEFORE_TIME = encode_cursor("0001-01-01T00:00:00+14:00", "0" * 32)


def a_line(**changes: Any) -> list[Body]:
    return [{"sku": "A", "quantity": 1, "unit_price_minor": 100} | changes]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": None}, "source"),
        ({"source": ""}, "source"),
        ({"source": "till\t1"}, "source"),
        ({"source": "nul\x00"}, "source"),
        ({"external_ref": None}, "external_ref"),
        ({"external_ref": 77}, "external_ref"),
        ({"external_ref": "x" * 101}, "external_ref"),
        ({"channel": "fax"}, "channel"),
        ({"country": "UK"}, "country"),
        ({"country": None}, "country"),
        ({"currency": "ZZZ"}, "currency"),
        ({"currency": "XAU"}, "currency"),
        ({"currency": None}, "currency"),
        ({"placed_at": "2026-03-01T10:15:00"}, "placed_at"),
        ({"placed_at": "yesterday"}, "placed_at"),
        ({"placed_at": 1_700_000_000}, "placed_at"),
        ({"placed_at": "1700000000"}, "placed_at"),
        ({"placed_at": "0001-01-01T00:00:00+14:00"}, "placed_at"),
        ({"placed_at": "9999-12-31T23:59:59-12:00"}, "placed_at"),
        ({"time_zone": "Paris"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"lines": []}, "lines"),
        ({"lines": None}, "lines"),
        ({"lines": a_line() * 2_001}, "lines"),
        ({"lines": a_line(quantity=-1)}, "lines.0.quantity"),
        ({"lines": a_line(quantity=0)}, "lines.0.quantity"),
        ({"lines": a_line(quantity=1.5)}, "lines.0.quantity"),
        ({"lines": a_line(quantity="1")}, "lines.0.quantity"),
        ({"lines": a_line(quantity=True)}, "lines.0.quantity"),
        ({"lines": a_line(unit_price_minor=-1)}, "lines.0.unit_price_minor"),
        ({"lines": a_line(unit_price_minor=9.99)}, "lines.0.unit_price_minor"),
        ({"lines": a_line(unit_price_minor=LARGE)}, "lines.0.unit_price_minor"),
        ({"lines": a_line(unit_price_minor=LARGE - 1, quantity=2)}, "lines.0"),
        ({"lines": a_line(unit_price_minor=LARGE - 1) * 2}, "lines"),
        ({"lines": a_line(discount_minor=101)}, "lines.0.discount_minor"),
        ({"lines": a_line(colour="red")}, "lines.0.colour"),
        ({"lines": a_line(gift="yes")}, "lines.0.gift"),
        ({"lines": a_line() + a_line(sku="")}, "lines.1.sku"),
        ({"shipping_minor": -1}, "shipping_minor"),
        ({"total_minor": TOTAL + 1}, "total_minor"),
        ({"customer_id": "7K3M-92QX-F4TG"}, "customer_id"),
        ({"customer_id": "somebody"}, "customer_id"),
        ({"customer_id": CUSTOMER, "customer": CLAIM}, "customer"),
        ({"customer": {"source": "web-fr"}}, "customer.external_id"),
        ({"customer": "anna"}, "customer"),
        ({"contact": {"email": "anna"}}, "contact.email"),
        ({"contact": {"email": "anna@nul\x00.example.com"}}, "contact.email"),
        ({"contact": {"email": "anna@example.com\x00"}}, "contact.email"),
        ({"contact": {"phone": "+33 1", "fax": "1"}}, "contact.fax"),
        ({"contact": {"language": "french"}}, "contact.language"),
        ({"coupon": "SPRING"}, "coupon"),
    ],
)
async def test_a_bad_order_is_refused_by_field(
    client: httpx.AsyncClient, count: Count, changes: Body, field: str
) -> None:
    answer = await client.post("/v1/orders", json=an_order(**changes))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [problem] = answer.json()["errors"]
    assert problem["field"] == field
    assert problem["problem"]
    assert problem["mend"]
    assert await count(tables.orders) == await count(tables.order_references) == 0


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"source": "web"', "application/json", {400}),
        (b'{"source": "\\ud800"}', "application/json", {400, 422}),
        (b'{"source": "\xff"}', "application/json", {400}),
        (b"[]", "application/json", {422}),
        (b"", "application/json", {400, 422}),
        (b"NaN", "application/json", {422}),
        (b"source=web", "application/x-www-form-urlencoded", {415}),
        (b'{"source": "' + b"x" * 900_000 + b'"}', "application/json", {413, 422}),
        (b'{"source": "' + b"x" * (2 << 20) + b'"}', "application/json", {413}),
    ],
)
@pytest.mark.parametrize("path", ["/v1/orders", "/v1/returns"])
async def test_a_body_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient,
    count: Count,
    path: str,
    content: bytes,
    media_type: str,
    status: set[int],
) -> None:
    answer = await client.post(path, content=content, headers={"Content-Type": media_type})
    assert answer.status_code in status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert await count(tables.orders) == await count(tables.returns) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_id": "ret_01jzq3v5c8e7m9r2t4w6y8a0bd"}, "order_id"),
        ({"order_id": "ord_01jzq3v5c8e7m9r2t4w6y8a0bd"}, "order_id"),
        ({"refund_minor": -1}, "refund_minor"),
        ({"refund_minor": None}, "refund_minor"),
        ({"refund_minor": 12_999}, "refund_minor"),
        ({"lines": [{"sku": "A", "quantity": -1}]}, "lines.0.quantity"),
        ({"returned_at": "2026-03-09"}, "returned_at"),
        ({"customer_id": CUSTOMER, "customer": CLAIM}, "customer"),
        ({"why": "broken"}, "why"),
    ],
)
async def test_a_bad_return_is_refused_by_field(
    client: httpx.AsyncClient, count: Count, changes: Body, field: str
) -> None:
    answer = await client.post("/v1/returns", json=a_return(**changes))
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == (field, True)
    assert await count(tables.returns) == 0


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        ("cancel", Body(), "reason"),
        ("cancel", {"reason": ""}, "reason"),
        ("cancel", {"reason": "late", "by": "me"}, "by"),
        ("shipments", {"parcels": NOTHING}, "parcels"),
        ("shipments", {"parcels": [{"carrier": "dhl"}]}, "parcels.0.tracking_number"),
        (
            "shipments",
            {"parcels": [{"carrier": "dhl", "tracking_number": "1", "lines": NOTHING}]},
            "parcels.0.lines",
        ),
        (
            "shipments",
            {
                "parcels": [
                    {
                        "carrier": "dhl",
                        "tracking_number": "1",
                        "lines": [{"line_no": 3, "quantity": 1}],
                    }
                ]
            },
            "parcels.0.lines",
        ),
    ],
)
async def test_a_bad_step_is_refused_by_field(
    client: httpx.AsyncClient, place: Place, step: str, body: Body, field: str
) -> None:
    order = await place()
    answer = await client.post(f"/v1/orders/{order['order_id']}/{step}", json=body)
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == (field, True)
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert after == order


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "lost", "occurred_at": "2026-03-02T10:00:00Z"}, "status"),
        ({"status": "delivered"}, "occurred_at"),
        ({"status": "delivered", "occurred_at": "2026-03-02"}, "occurred_at"),
        ({"status": "delivered", "occurred_at": "soon"}, "occurred_at"),
        ({"status": "delivered", "occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"status": "delivered", "occurred_at": "9999-12-31T23:59:59-12:00"}, "occurred_at"),
        (
            {"status": "delivered", "occurred_at": "2026-03-02T10:00:00", "time_zone": "Paris"},
            "time_zone",
        ),
        ({"status": "delivered", "occurred_at": "2026-03-02T10:00:00Z", "who": "me"}, "who"),
    ],
)
async def test_a_bad_tracking_event_is_refused_by_field(
    client: httpx.AsyncClient, place: Place, count: Count, body: Body, field: str
) -> None:
    order = await place()
    shipment = {"parcels": [{"carrier": "dhl", "tracking_number": "1"}]}
    shipped = await client.post(f"/v1/orders/{order['order_id']}/shipments", json=shipment)
    [parcel] = shipped.json()["parcels"]
    url = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    answer = await client.post(url, json=body)
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == (field, True)
    assert await count(tables.tracking_events) == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "field"),
    [
        ("GET", "/v1/orders/17", 422, "order_id"),
        ("GET", "/v1/orders/ord_01jzq3v5c8e7m9r2t4w6y8a0bd", 404, None),
        ("GET", "/v1/orders", 422, "customer_id"),
        ("GET", f"/v1/orders?customer_id={CUSTOMER}&limit=0", 422, "limit"),
        ("GET", f"/v1/orders?customer_id={CUSTOMER}&limit=101", 422, "limit"),
        ("GET", f"/v1/orders?customer_id={CUSTOMER}&cursor=!", 422, "cursor"),
        ("GET", f"/v1/orders?customer_id={CUSTOMER}&cursor=WzEsMl0", 422, "cursor"),
        ("GET", f"/v1/orders?customer_id={CUSTOMER}&cursor={BEFORE_TIME}", 422, "cursor"),
        ("GET", "/v1/orders?customer_id=7K3M-92QX-F4TG", 422, "customer_id"),
        ("GET", "/v1/customers/7K3M-92QX-F4TG/purchases", 422, "customer_id"),
        ("GET", "/v1/parcels/pcl_01jzq3v5c8e7m9r2t4w6y8a0bd", 404, None),
        ("GET", "/v1/parcels/ord_01jzq3v5c8e7m9r2t4w6y8a0bd", 422, "parcel_id"),
        ("GET", "/v1/returns/ret_01jzq3v5c8e7m9r2t4w6y8a0bd", 404, None),
        ("GET", "/v1/tracking/short", 422, "token"),
        ("GET", "/v1/tracking/abcdefghijklmnopqrstuvwxyz", 404, None),
        ("DELETE", "/v1/orders", 405, None),
        ("GET", "/v1/order", 404, None),
    ],
)
async def test_what_is_not_there_or_not_an_id_is_told(
    client: httpx.AsyncClient, method: str, path: str, status: int, field: str | None
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if field is not None:
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/orders"),
        ("GET", "/v1/orders/ord_01jzq3v5c8e7m9r2t4w6y8a0bd"),
        ("GET", f"/v1/orders?customer_id={CUSTOMER}"),
        ("GET", "/v1/orders/reused-references"),
        ("POST", "/v1/orders/ord_01jzq3v5c8e7m9r2t4w6y8a0bd/cancel"),
        ("POST", "/v1/orders/ord_01jzq3v5c8e7m9r2t4w6y8a0bd/shipments"),
        ("GET", "/v1/parcels/pcl_01jzq3v5c8e7m9r2t4w6y8a0bd"),
        ("POST", "/v1/parcels/pcl_01jzq3v5c8e7m9r2t4w6y8a0bd/tracking-events"),
        ("POST", "/v1/tracking-events"),
        ("GET", "/v1/unmapped-codes"),
        ("POST", "/v1/returns"),
        ("GET", "/v1/returns/ret_01jzq3v5c8e7m9r2t4w6y8a0bd"),
        ("GET", f"/v1/customers/{CUSTOMER}/purchases"),
    ],
)
async def test_every_operation_needs_its_scope(
    make_client: MakeClient, method: str, path: str
) -> None:
    client = make_client("orders:read" if method == "POST" else "orders:write", "customers:read")
    answer = await client.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "urn:carnet:problem:missing-scope"


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
async def test_the_ends_of_time_are_refused_wherever_a_time_is_told(
    client: httpx.AsyncClient, place: Place, told: str
) -> None:
    path = f"/v1/orders/{(await place())['order_id']}"
    parcel = {"carrier": "dhl", "tracking_number": "1", "promised_until": told}
    payment = {"kind": "captured", "provider": "p", "reference": "r", "amount_minor": 1, "at": told}
    sent = {
        "parcels.0.promised_until": await client.post(
            f"{path}/shipments", json={"parcels": [parcel]}
        ),
        "at": await client.post(f"{path}/payments", json=payment),
        "placed_at": await client.post("/v1/orders", json=an_order(placed_at=told)),
        "delivery.promised_until": await client.post(
            "/v1/orders", json=an_order(delivery={"promised_until": told})
        ),
    }
    for field, answer in sent.items():
        assert answer.status_code == 422, answer.text
        named = {error["field"]: error["problem"] for error in answer.json()["errors"]}
        assert "1970 to 2999" in named[field]
    assert (await client.get(path)).json()["parcels"] == []


@pytest.mark.parametrize(
    ("customer", "status"),
    [
        (b'{"source":"s","external_id":"e","x":"\\ud800"}', 400),
        (b'{"source":"..","external_id":"e"}', 422),
        (b'{"source":"s","external_id":"."}', 422),
        (b'{"source":"s","external_id":"e","x":1000000000000000000000000000000}', 202),
    ],
    ids=["half a character", "dots", "a dot", "a large number"],
)
async def test_a_claim_that_no_request_can_carry_is_refused_at_once(
    client: httpx.AsyncClient, place: Place, customer: bytes, status: int
) -> None:
    path = f"/v1/orders/{(await place())['order_id']}/customer-claims"
    answer = await client.post(
        path,
        content=b'{"customer":%b}' % customer,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == status, answer.text
