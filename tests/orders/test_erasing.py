"""Erasing: what is personal of orders and returns goes, accounting documents are nobody's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from orders.consumers.customers import handlers
from orders.domain.erasure import ErasureAnswer, Kept, kept_until, together
from orders.store import tables
from orders.store.claims import ClaimCipher
from tests.identity_story import Story, record, shown
from tests.orders.conftest import CLAIM, OUTBOX, Body, MakeClient, Place, Rows, a_return, an_order
from tests.orders.test_claims import resolver
from tests.orders.test_unmerging import everything, follow

PRIVATE = "Anna Nowak"
LATER = timedelta(hours=2)
Resolve = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def privileged(make_client: MakeClient) -> httpx.AsyncClient:
    return make_client("orders:read", "orders:write", "customers:privacy")


@pytest.fixture
def story() -> Story:
    story = Story()
    story.come()
    return story


async def furnish(client: httpx.AsyncClient, place: Place) -> Body:
    """Have customer 0 buy, with all that may be personal of an order and its return."""
    ring = {"sku": "RING", "description": f"For {PRIVATE}", "quantity": 2, "unit_price_minor": 5}
    lines = [ring | {"made_to_measure": {"values": {"finger": "17 mm"}, "notes": PRIVATE}}]
    order = await place(
        customer_id=shown(0),
        lines=lines,
        shipping_minor=0,
        contact={"name": PRIVATE, "email": "anna@example.com", "gift_message": PRIVATE},
        delivery={"terms": f"Ring at {PRIVATE}'s"},
        headers={"Idempotency-Key": "order"},
    )
    url = f"/v1/orders/{order['order_id']}"
    shipped = await client.post(
        f"{url}/shipments",
        json={"parcels": [{"carrier": "laposte", "tracking_number": f"LP-{PRIVATE}"}]},
        headers={"Idempotency-Key": "ship"},
    )
    [parcel] = shipped.json()["parcels"]
    await client.post(
        f"/v1/parcels/{parcel['parcel_id']}/tracking-events",
        json={"status": "delivered", "occurred_at": "2026-03-04T10:00:00Z", "location": PRIVATE},
    )
    back = a_return(
        order_id=order["order_id"],
        lines=[{"sku": "RING", "quantity": 1, "refund_minor": 5}],
        refund_minor=5,
        reason=f"{PRIVATE} changed her mind",
    )
    assert (await client.post("/v1/returns", json=back)).status_code == 201
    other = {"external_ref": order["external_ref"], "customer_id": shown(0).lower()}
    assert (await client.post("/v1/orders", json=an_order(**other))).status_code == 422
    return order | {"token": parcel["tracking_token"], "parcel_id": parcel["parcel_id"]}


async def answers(rows: Rows) -> list[Body]:
    return [row["payload"] for row in await rows(OUTBOX) if row["type"] == "orders.erased.v1"]


async def test_nothing_personal_is_left_and_the_amounts_are(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows, story: Story
) -> None:
    order = await furnish(client, place)
    await follow(database, story.erase(0))

    left = str(await everything(rows))
    assert PRIVATE not in left
    assert "anna@" not in left
    assert shown(0).replace("-", "") not in str(await rows(tables.orders))
    read = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert (read["customer"], read["customer_id"]) == ("erased", None)
    assert (read["total_minor"], read["lines"][0]["sku"]) == (10, "RING")
    assert read["erased_at"] is not None
    assert (await client.get(f"/v1/tracking/{order['token']}")).status_code == 404


async def test_the_answer_says_what_went_what_stays_why_and_until_when(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows, story: Story
) -> None:
    await furnish(client, place)
    erased = story.erase(0)
    await follow(database, erased)
    await follow(database, erased)
    first, second = await answers(rows)
    assert first == second
    assert first["customer_id"] == shown(0)
    assert first["erased"] == {
        "contacts": 1,
        "kept_answers": 1,
        "line_descriptions": 1,
        "measurements": 1,
        "delivery_terms": 1,
        "messages": 2,
        "order_references": 1,
        "orders": 1,
        "parcel_numbers": 1,
        "returns": 1,
        "reused_references": 1,
        "tracking_texts": 1,
    }
    assert [(kept["what"], kept["count"], kept["until"]) for kept in first["kept"]] == [
        ("orders", 1, "2037-01-01T00:00:00Z"),
        ("returns", 1, "2037-01-01T00:00:00Z"),
    ]
    assert "accounting" in first["kept"][0]["reason"]


async def test_the_house_says_how_long_its_law_has_documents_kept(
    place: Place, database: Database, rows: Rows, story: Story
) -> None:
    await place(customer_id=shown(0))
    event: Incoming = story.erase(0)
    async with unit_of_work(database) as tx:
        await handlers(accounting_years=6)[event.type](tx, event)
    [answer] = await answers(rows)
    assert answer["kept"][0]["until"] == "2033-01-01T00:00:00Z"


async def test_reads_under_an_erased_id_are_gone(
    privileged: httpx.AsyncClient, database: Database, story: Story
) -> None:
    retired = story.come()
    await follow(database, story.merge(retired, 0), story.erase(0))
    for number in (0, retired):
        for path in (
            f"/v1/customers/{shown(number)}/purchases",
            f"/v1/orders?customer_id={shown(number)}",
            f"/v1/exports/{shown(number)}",
        ):
            gone = await privileged.get(path)
            assert gone.status_code == 410, path
            assert gone.json()["type"] == "urn:carnet:problem:customer-erased"


async def test_what_is_told_later_is_stored_without_anything_personal(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows, story: Story
) -> None:
    first = await place(external_ref="first", customer_id=shown(0))
    await follow(database, story.erase(0))
    lines = [{"sku": "RING", "description": f"For {PRIVATE}", "quantity": 1, "unit_price_minor": 5}]
    contact = {"name": PRIVATE}
    body = an_order(lines=lines, shipping_minor=0, contact=contact, customer_id=shown(0))
    placed = await client.post("/v1/orders", json=body)
    again = await client.post("/v1/orders", json=body)
    assert (placed.status_code, placed.json()["customer"]) == (201, "erased")
    assert again.json() == placed.json()
    by_record = an_order(external_ref="r", lines=lines, shipping_minor=0, customer=CLAIM)
    headers = {"Carnet-Customer-Id": shown(0), "Carnet-Source-Record-Id": record(0)}
    assert (await client.post("/v1/orders", json=by_record, headers=headers)).status_code == 201
    by_word = an_order(external_ref="w", lines=lines, shipping_minor=0, customer=CLAIM)
    told = {"Carnet-Customer-Erased": "1"}
    assert (await client.post("/v1/orders", json=by_word, headers=told)).status_code == 201
    for ref, order_id in (("1", None), ("2", first["order_id"])):
        back = a_return(external_ref=ref, order_id=order_id, reason=PRIVATE)
        if order_id is None:
            back["customer_id"] = shown(0)
        assert (await client.post("/v1/returns", json=back)).status_code == 201
    url = f"/v1/orders/{placed.json()['order_id']}"
    assert (await client.post(f"{url}/cancel", json={"reason": PRIVATE})).status_code == 200

    assert PRIVATE not in str(await everything(rows))
    assert PRIVATE not in str(await rows(OUTBOX))
    assert {row["customer_id"] for row in await rows(tables.orders)} == {None}
    assert await rows(tables.customer_claims) == []


@pytest.mark.parametrize("is_known_there", [True, False])
async def test_a_pending_claim_of_who_was_erased_ends_in_erasing(
    client: httpx.AsyncClient,
    place: Place,
    database: Database,
    cipher: ClaimCipher,
    rows: Rows,
    story: Story,
    *,
    is_known_there: bool,
) -> None:
    order = await place(customer=CLAIM, contact={"name": PRIVATE})
    back = a_return(order_id=order["order_id"], reason=PRIVATE)
    await client.post("/v1/returns", json=back)
    if not is_known_there:
        await follow(database, story.erase(0))

    def answer(_request: httpx.Request) -> httpx.Response:
        if is_known_there:
            return httpx.Response(410, json={"type": "urn:carnet:problem:customer-erased"})
        found = {"customer_id": shown(0), "source_record_id": record(0)}
        return httpx.Response(200, content=orjson.dumps(found))

    await resolver(database, cipher, answer).resolve_due(datetime.now(UTC) + LATER)

    assert PRIVATE not in str(await everything(rows))
    assert await rows(tables.customer_claims) == []
    read = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert read["customer"] == "erased"
    [told] = [row for row in await rows(OUTBOX) if row["type"] == "order.returned.v1"]
    assert told["payload"]["customer_id"] is None


async def test_no_event_carries_what_somebody_typed(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    for ref, reason in (("1", f"{PRIVATE} called"), ("2", "out-of-stock")):
        order = await place(external_ref=ref)
        await client.post(f"/v1/orders/{order['order_id']}/cancel", json={"reason": reason})
    told = [row["payload"] for row in await rows(OUTBOX) if row["type"] == "order.cancelled.v1"]
    assert [each["reason"] for each in told] == ["other", "out-of-stock"]


async def test_the_export_holds_what_was_told_under_any_id(
    privileged: httpx.AsyncClient, place: Place, database: Database, story: Story
) -> None:
    retired = story.come()
    await furnish(privileged, place)
    await place(external_ref="other", customer_id=shown(retired))
    await follow(database, story.merge(retired, 0))
    answer = (await privileged.get(f"/v1/exports/{shown(retired)}")).json()
    assert answer["part"] == "orders"
    assert {name: len(rows) for name, rows in answer["tables"].items()} == {
        "orders": 2,
        "order_lines": 3,
        "line_specifications": 1,
        "line_allocations": 0,
        "order_amendments": 0,
        "exchanges": 0,
        "messages": 3,
        "order_deliveries": 1,
        "order_contacts": 1,
        "order_payments": 0,
        "shipments": 1,
        "shipment_lines": 1,
        "parcels": 1,
        "parcel_outlooks": 0,
        "tracking_events": 1,
        "returns": 1,
        "return_lines": 1,
        "serial_transfers": 0,
        "slot_holds": 0,
        "platform_deliveries": 0,
        "reused_references": 1,
        "customer_aliases": 1,
    }
    assert answer["tables"]["order_contacts"][0]["contact"]["name"] == PRIVATE
    assert {row["customer_id"] for row in answer["tables"]["orders"]} == {shown(0)}


async def test_the_export_needs_its_own_scope(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/v1/exports/{shown(0)}")).status_code == 403


def test_years_count_from_the_end_of_a_documents_own() -> None:
    assert kept_until(datetime(2026, 3, 1, tzinfo=UTC).date(), years=10).year == 2037


def test_what_an_erasure_finds_when_it_comes_again_is_added() -> None:
    later, sooner = datetime(2037, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    before = ErasureAnswer({"orders": 2}, (Kept("orders", 2, "why", sooner),))
    now = ErasureAnswer({"orders": 1, "contacts": 1}, (Kept("orders", 1, "why", later),))
    both = together(before, now)
    assert both.erased == {"contacts": 1, "orders": 3}
    assert both.kept == (Kept("orders", 3, "why", later),)
