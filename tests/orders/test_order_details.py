"""What only some orders have: an agreed delivery, gifts, taxes in parts, pieces made to measure."""

from typing import Any

import httpx
import pytest

from orders.store import tables
from tests.orders.conftest import Count, Place, Rows, an_order
from tests.orders.test_changing import ship, slug

DELIVERY = {
    "service": "express",
    "promised_from": "2026-03-03T08:00:00+01:00",
    "promised_until": "2026-03-05T20:00:00+01:00",
    "terms": "Free returns within 30 days",
}
ADDRESS = {"lines": ["1 rue de la Paix"], "postal_code": "75002", "country": "FR"}
MEASURED = {"values": {"neck": "39 cm", "sleeve": "64 cm"}, "notes": "left cuff wider"}


def a_line(**changes: Any) -> dict[str, Any]:
    return {"sku": "SHIRT", "quantity": 1, "unit_price_minor": 20_000} | changes


async def test_an_order_keeps_how_it_is_to_reach_its_customer(place: Place) -> None:
    order = await place(delivery=DELIVERY, contact={"address": ADDRESS})
    assert order["delivery"] == {
        "method": "ship",
        "location": None,
        "service": "express",
        "promised_from": "2026-03-03T07:00:00Z",
        "promised_until": "2026-03-05T19:00:00Z",
        "terms": "Free returns within 30 days",
        "destination": "FR-75",
    }


async def test_a_parcel_is_measured_by_the_first_promise(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(delivery=DELIVERY, contact={"address": ADDRESS})
    parcels = [
        {"carrier": "dhl", "tracking_number": "1", "lines": [{"line_no": 2, "quantity": 1}]},
        {
            "carrier": "laposte",
            "tracking_number": "2",
            "service": "colissimo",
            "promised_until": "2026-03-09T20:00:00Z",
            "destination": "FR-13",
            "cost_minor": 690,
        },
    ]
    url = f"/v1/orders/{order['order_id']}/shipments"
    answer = await client.post(url, json={"parcels": parcels, "origin": "FR-59"})
    parcels = sorted(answer.json()["parcels"], key=lambda parcel: parcel["carrier"])
    told = ("service", "promised_until", "origin", "destination", "cost_minor")
    assert [tuple(parcel[name] for name in told) for parcel in parcels] == [
        ("express", "2026-03-05T19:00:00Z", "FR-59", "FR-75", None),
        ("colissimo", "2026-03-09T20:00:00Z", "FR-59", "FR-13", 690),
    ]


async def test_what_is_delivered_from_a_shop_is_not_taken_away(place: Place) -> None:
    sent = await place(channel="shop", delivery=DELIVERY)
    assert (sent["taken_away"], sent["commercial"]) == (False, "placed")


@pytest.mark.parametrize(
    ("changes", "fact", "field"),
    [
        (
            {"delivery": DELIVERY | {"promised_until": "2026-03-01T00:00:00Z"}},
            "promise-reversed",
            "delivery.promised_until",
        ),
        (
            {"delivery": {"method": "collect"}},
            "collection-place-missing",
            "delivery.location",
        ),
        ({"delivery": DELIVERY, "taken_away": True}, "taken-away-and-delivered", "delivery"),
        (
            {"lines": [a_line(tax_minor=300, taxes=[{"name": "VAT", "amount_minor": 200}])]},
            "tax-mismatch",
            "lines.0.taxes",
        ),
    ],
)
async def test_what_cannot_be_agreed_is_refused_by_its_field(
    client: httpx.AsyncClient, count: Count, changes: dict[str, Any], fact: str, field: str
) -> None:
    answer = await client.post("/v1/orders", json=an_order(**changes))
    assert (answer.status_code, slug(answer)) == (422, fact)
    assert answer.json()["errors"][0]["field"] == field
    assert await count(tables.orders) == 0


async def test_taxes_gifts_and_warranties_are_kept_with_their_line(place: Place) -> None:
    taxes = [
        {"name": "GST", "rate_percent": "5", "amount_minor": 1_000},
        {"name": "PST", "rate_percent": "9.975", "amount_minor": 1_995},
    ]
    line = a_line(
        tax_minor=2_995,
        taxes=taxes,
        gift=True,
        gift_wrap="box",
        warranty_months=24,
        warranty_days=3,
    )
    order = await place(lines=[line], contact={"gift_message": "Happy birthday"})
    [kept] = order["lines"]
    assert kept["taxes"] == taxes
    assert (kept["is_gift"], kept["gift_wrap"], kept["warranty_months"]) == (True, "box", 24)
    assert kept["warranty_days"] == 3
    assert order["contact"]["gift_message"] == "Happy birthday"


async def test_a_piece_made_to_measure_keeps_its_first_specification(
    place: Place, client: httpx.AsyncClient
) -> None:
    order = await place(lines=[a_line(made_to_measure=MEASURED)])
    [line] = order["lines"]
    assert line["specification"]["version"] == 1
    assert line["specification"]["measurements"] == MEASURED
    shipped = await ship(client, order)
    assert shipped.json()["lines"][0]["specification"]["measurements"] == MEASURED


async def test_measurements_are_not_kept_for_review(client: httpx.AsyncClient, rows: Rows) -> None:
    for quantity in (1, 2):
        body = an_order(lines=[a_line(quantity=quantity, made_to_measure=MEASURED)])
        await client.post("/v1/orders", json=body)
    [kept] = await rows(tables.reused_references)
    assert kept["body"]["lines"] == [a_line(quantity=2)]
