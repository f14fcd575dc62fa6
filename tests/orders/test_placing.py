"""Placing orders: what is kept, what is answered, what is announced."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import httpx
import orjson
import pytest

from orders.api.placing import OrderReceiptOut, written
from orders.domain.commercial import Commercial
from orders.domain.placing import CustomerState, Receipt
from orders.events import OrderPlaced
from orders.store import tables
from tests.orders.conftest import (
    CUSTOMER,
    OUTBOX,
    RESOLVED,
    SOURCE_RECORD,
    TOTAL,
    Place,
    Rows,
    an_order,
)


async def test_an_order_is_kept_whole(client: httpx.AsyncClient) -> None:
    body = an_order(
        store="paris-rivoli",
        time_zone="Europe/Paris",
        total_minor=TOTAL,
        contact={"email": "anna@example.com", "language": "fr"},
    )
    answer = await client.post("/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt["total_minor"] == TOTAL
    assert (receipt["placed_at"], receipt["placed_on"]) == ("2026-03-01T22:30:00Z", "2026-03-01")
    assert receipt["customer"] == "anonymous"

    order = (await client.get(answer.headers["Location"])).json()
    assert order["order_id"] == receipt["order_id"]
    assert order["commercial"] == "placed"
    assert order["fulfilment"] == "unallocated"
    assert order["time_zone"] == "Europe/Paris"
    assert [line["total_minor"] for line in order["lines"]] == [26_000, 400]
    assert order["lines"][0]["quantities"]["unallocated"] == 2
    assert order["contact"]["email"] == "anna@example.com"
    assert (order["brand"], order["legal_entity"], order["home_region"]) == ("house",) * 3


@pytest.mark.parametrize(
    ("placed_at", "time_zone", "instant", "day", "zone"),
    [
        (
            "2026-03-01T23:30:00-05:00",
            "Asia/Tokyo",
            "2026-03-02T04:30:00Z",
            "2026-03-02",
            "Asia/Tokyo",
        ),
        ("2026-03-01T23:30:00-05:00", None, "2026-03-02T04:30:00Z", "2026-03-01", "-05:00"),
        ("2026-03-01T23:30:00Z", None, "2026-03-01T23:30:00Z", "2026-03-01", "+00:00"),
        (
            "2026-03-01T23:30:00.5+05:45",
            None,
            "2026-03-01T17:45:00.500000Z",
            "2026-03-01",
            "+05:45",
        ),
    ],
)
async def test_instant_zone_and_local_day_are_kept_as_told(
    place: Place, placed_at: str, time_zone: str | None, instant: str, day: str, zone: str
) -> None:
    order = await place(placed_at=placed_at, time_zone=time_zone)
    assert (order["placed_at"], order["placed_on"], order["time_zone"]) == (instant, day, zone)


async def test_a_clock_that_is_surely_wrong_is_flagged_and_never_refused(place: Place) -> None:
    ahead = await place(external_ref="ahead", placed_at="2150-01-01T00:00:00Z")
    dead = await place(external_ref="dead", placed_at="1970-01-01T00:04:00Z")
    late = await place(external_ref="late", placed_at="2024-01-01T00:00:00Z")
    assert ahead["clock_skew_seconds"] > 0 > dead["clock_skew_seconds"]
    assert late["clock_skew_seconds"] is None


@pytest.mark.parametrize(("currency", "price"), [("JPY", 129_000), ("EUR", 129), ("KWD", 12_900)])
async def test_amounts_stay_in_minor_units_of_any_currency(
    place: Place, currency: str, price: int
) -> None:
    lines = [{"sku": "A", "quantity": 3, "unit_price_minor": price}]
    order = await place(currency=currency.lower(), lines=lines, shipping_minor=None)
    assert (order["currency"], order["total_minor"]) == (currency, 3 * price)


async def test_tax_is_added_unless_prices_include_it(place: Place) -> None:
    lines = [{"sku": "A", "quantity": 1, "unit_price_minor": 1_200, "tax_minor": 200}]
    added = await place(external_ref="1", lines=lines, shipping_minor=0)
    included = await place(external_ref="2", lines=lines, shipping_minor=0, prices_include_tax=True)
    assert (added["total_minor"], included["total_minor"]) == (1_400, 1_200)


async def test_what_is_taken_away_from_a_shop_is_delivered_and_closed(place: Place) -> None:
    taken = await place(external_ref="1", channel="shop")
    sent = await place(external_ref="2", channel="shop", taken_away=False)
    assert (taken["commercial"], taken["fulfilment"]) == ("closed", "delivered")
    assert (sent["commercial"], sent["fulfilment"]) == ("placed", "unallocated")


async def test_a_customer_is_taken_from_the_body_however_it_is_typed(place: Place) -> None:
    order = await place(customer_id=CUSTOMER.lower().replace("-", " "))
    assert (order["customer"], order["customer_id"]) == ("linked", CUSTOMER)


async def test_a_resolved_claim_links_the_order_and_is_not_kept(place: Place, rows: Rows) -> None:
    claim = {"source": "web-fr", "external_id": "visitor-1", "emails": ["anna@example.com"]}
    order = await place(headers=RESOLVED, customer=claim)
    assert (order["customer_id"], order["source_record_id"]) == (CUSTOMER, SOURCE_RECORD)
    assert await rows(tables.customer_claims) == []


async def test_a_customer_that_no_claim_asked_for_is_not_taken_from_headers(place: Place) -> None:
    order = await place(headers=RESOLVED)
    assert order["customer"] == "anonymous"


async def test_a_placed_order_is_announced_without_personal_data(place: Place, rows: Rows) -> None:
    claim = {"source": "web-fr", "external_id": "visitor-1", "emails": ["anna@example.com"]}
    order = await place(
        headers=RESOLVED | {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"},
        customer=claim,
        contact={"email": "anna@example.com"},
    )
    [announced] = await rows(OUTBOX)
    assert announced["aggregatetype"] == "orders"
    assert (announced["aggregateid"], announced["sequence"]) == (order["order_id"], 1)
    assert announced["traceparent"].startswith("00-" + "a" * 32)
    assert b"anna" not in orjson.dumps(announced["payload"])
    event = OrderPlaced.model_validate(announced["payload"])
    assert event.total_minor == TOTAL
    assert [line.total_minor for line in event.lines] == [26_000, 400]


async def test_an_order_of_two_thousand_lines_is_taken(place: Place) -> None:
    lines = [{"sku": f"SKU-{n}", "quantity": 1, "unit_price_minor": 1} for n in range(2_000)]
    order = await place(lines=lines, shipping_minor=0)
    assert (order["total_minor"], order["line_count"]) == (2_000, 2_000)


async def test_orders_are_counted_under_their_route(
    client: httpx.AsyncClient, place: Place
) -> None:
    await place()
    counted = (await client.get("/metrics")).text
    assert 'http_request_method="POST",http_response_status_code="201",http_route="/v1/orders"' in (
        counted
    )


def test_a_receipt_is_written_as_it_is_documented() -> None:
    placed = datetime(2026, 3, 1, 22, 30, 0, 120_000, tzinfo=UTC)
    whole = Receipt(
        order_id=UUID(int=7 << 100),
        source="till",
        external_ref="é1",
        commercial=Commercial.PLACED,
        customer=CustomerState.LINKED,
        customer_id="7K3M92QXF4TF",
        source_record_id=UUID(int=9 << 90),
        currency="JPY",
        total_minor=2**53 - 1,
        placed_at=placed,
        time_zone="Asia/Tokyo",
        placed_on=placed.date(),
        received_at=placed.replace(microsecond=0),
        clock_skew_seconds=-3,
        is_replayed=False,
    )
    bare = replace(whole, customer_id=None, source_record_id=None, clock_skew_seconds=None)
    for receipt in (whole, bare):
        documented = OrderReceiptOut.model_validate(receipt).model_dump_json()
        assert written(receipt).decode() == documented
