"""What an order's payments come to: by authorisation, after cancellations, after returns."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.database import Database, unit_of_work
from chassis.errors import Conflict
from orders.domain.money import LARGEST_MINOR
from orders.domain.payments import Payment, PaymentKind
from orders.domain.settling import Paid, check_payment
from orders.events import ORDER
from orders.store.erasing import erase_order
from orders.store.tables import order_payments
from tests.orders.conftest import TOTAL, Body, Place, Rows, a_return, an_order
from tests.orders.test_changing import cancel, ship, slug
from tests.orders.test_payments import pay, told

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LINES = [{"sku": "BAG", "quantity": 3, "unit_price_minor": 1_000}]
UTC_AT = "2026-03-01T09:20:00Z"
BAGS: Body = {"lines": LINES, "shipping_minor": 0}


async def paid_of(client: httpx.AsyncClient, order: Body) -> Body:
    return (await client.get(f"/v1/orders/{order['order_id']}/payments")).json()


async def whole(client: httpx.AsyncClient, order: Body) -> tuple[str, int, int, int]:
    found = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    paid = await paid_of(client, order)
    assert paid["state"] == found["payment"]
    assert [paid[name] for name in ("due_minor", "to_refund_minor")] == [
        found[name] for name in ("due_minor", "to_refund_minor")
    ]
    return (
        found["payment"],
        found["present_total_minor"],
        found["due_minor"],
        found["to_refund_minor"],
    )


async def send_back(client: httpx.AsyncClient, order: Body, quantity: int, **more: Any) -> Body:
    refund = quantity * 1_000
    line = {"sku": "BAG", "quantity": quantity, "refund_minor": refund}
    body = a_return(order_id=order["order_id"], lines=[line], refund_minor=refund, **more)
    answer = await client.post("/v1/returns", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_gift_card_takes_nothing_from_what_a_card_promised(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS)
    await pay(client, order, "captured", 1_000, method="gift-card")
    await pay(client, order, "authorised", 2_000, "pi-1")
    before = await paid_of(client, order)
    assert (before["authorised_minor"], before["state"]) == (2_000, "part_paid")

    voided = await pay(client, order, "voided", 2_000, "void-1")

    assert voided.status_code == 201, voided.text
    assert (voided.json()["authorised_minor"], voided.json()["due_minor"]) == (0, 2_000)


@pytest.mark.parametrize(
    ("capture", "left"),
    [
        ({"reference": "c-1", "authorisation": "b"}, {"a": 500, "b": 0}),
        ({"reference": "b"}, {"a": 500, "b": 0}),
        ({"reference": "c-1"}, {"a": 0, "b": 1_500}),
        ({"reference": "c-1", "method": "cash"}, {"a": 500, "b": 2_000}),
    ],
)
async def test_a_capture_is_of_the_authorisation_it_names_else_its_own_else_its_methods(
    client: httpx.AsyncClient, place: Place, capture: Body, left: dict[str, int]
) -> None:
    order = await place(
        **BAGS, payments=[told("authorised", 500, "a"), told("authorised", 2_000, "b")]
    )
    amount = 1_000 if left["b"] == 1_500 else 2_000
    answer = await pay(client, order, "captured", amount, **capture)
    assert answer.status_code == 201, answer.text
    assert answer.json()["authorised_minor"] == sum(left.values())

    for name, amount_left in left.items():
        more = await pay(client, order, "voided", amount_left + 1, f"{name}-+", authorisation=name)
        assert (more.status_code, slug(more)) == (409, "more-voided-than-authorised")


async def test_an_authorisation_that_nobody_told_is_refused_by_name(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS)
    one = told("captured", 100, authorisation="pi-9")
    alone = await pay(client, order, "captured", 100, authorisation="pi-9")
    at_once = await client.post("/v1/orders", json=an_order(external_ref="2", payments=[one]))
    of_refund = await pay(client, order, "refunded", 100, authorisation="pi-9")

    assert [answer.status_code for answer in (alone, at_once, of_refund)] == [422] * 3
    assert slug(alone) == slug(at_once) == "unknown-authorisation"
    fields = [answer.json()["errors"][0]["field"] for answer in (alone, at_once, of_refund)]
    assert fields == ["authorisation", "payments.0.authorisation", "authorisation"]


async def test_an_erased_authorisation_is_still_that_of_its_captures(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows
) -> None:
    order = await place(**BAGS, payments=[told("authorised", 3_000, "pi-secret")])
    await pay(client, order, "captured", 1_000, "ch-1", authorisation="pi-secret")
    async with unit_of_work(database) as tx:
        await erase_order(tx, ORDER.read(order["order_id"]), at=NOW)

    after = await pay(client, order, "captured", 500, "ch-secret-2", authorisation="pi-secret")

    assert (after.status_code, after.json()["authorised_minor"]) == (201, 1_500)
    assert "secret" not in str(await rows(order_payments))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(PaymentKind)),
            st.sampled_from(["card", "cash"]),
            st.integers(1, 30),
            st.sampled_from([None, 0, 1, 2]),
        ),
        max_size=12,
    )
)
def test_what_is_authorised_is_never_more_than_was_promised_and_not_let_go(
    steps: list[tuple[PaymentKind, str, int, int | None]],
) -> None:
    paid = Paid(total_minor=100)
    promised = 0
    for number, (kind, method, amount, of) in enumerate(steps):
        known = [one.reference for one in paid.authorisations]
        named = known[of] if of is not None and of < len(known) else None
        payment = Payment(
            kind=kind,
            method=method,
            reference=str(number),
            amount_minor=amount,
            at=NOW,
            authorisation=named,
        )
        try:
            check_payment(paid, payment)
        except Conflict:
            continue
        paid = paid.after(payment)
        promised += {PaymentKind.AUTHORISED: amount, PaymentKind.VOIDED: -amount}.get(kind, 0)
        assert 0 <= paid.authorised_minor <= promised
        assert paid.authorised_minor >= promised - paid.captured_minor


async def test_nothing_is_due_of_a_cancelled_order_that_nobody_paid(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS)
    assert await whole(client, order) == ("pending", 3_000, 3_000, 0)

    await cancel(client, order)

    assert await whole(client, order) == ("nothing_due", 0, 0, 0)


async def test_what_was_paid_of_a_cancelled_order_must_go_back(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS, payments=[told("captured", 3_000)])
    await cancel(client, order)
    assert await whole(client, order) == ("paid", 0, 0, 3_000)

    await pay(client, order, "refunded", 1_000, "r-1")
    assert await whole(client, order) == ("part_refunded", 0, 0, 2_000)
    await pay(client, order, "refunded", 2_000, "r-2")

    assert await whole(client, order) == ("refunded", 0, 0, 0)


async def test_what_a_cancelled_order_was_promised_is_let_go(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS, payments=[told("authorised", 3_000)])
    await cancel(client, order)
    assert await whole(client, order) == ("authorised", 0, 0, 0)

    await pay(client, order, "voided", 3_000, "v-1")

    assert await whole(client, order) == ("nothing_due", 0, 0, 0)


async def test_lines_that_are_called_off_after_the_capture_must_be_refunded(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS, payments=[told("captured", 3_000)])
    body = {"reason": "torn", "cancel_lines": [{"line_no": 1, "quantity": 1}]}
    amended = await client.post(f"/v1/orders/{order['order_id']}/amendments", json=body)
    assert amended.status_code == 201, amended.text

    assert await whole(client, order) == ("paid", 2_000, 0, 1_000)


async def test_goods_that_came_back_must_be_refunded_once(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS, payments=[told("captured", 3_000)])
    await ship(client, order)
    await send_back(client, order, 1)
    assert await whole(client, order) == ("paid", 3_000, 0, 1_000)

    await pay(client, order, "refunded", 1_000)

    assert await whole(client, order) == ("part_refunded", 3_000, 0, 0)


async def test_nothing_is_due_of_goods_that_came_back_unpaid(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(**BAGS)
    await ship(client, order)
    await send_back(client, order, 1)
    assert await whole(client, order) == ("pending", 3_000, 2_000, 0)

    await send_back(client, order, 2, external_ref="R-2")

    assert await whole(client, order) == ("nothing_due", 3_000, 0, 0)


@pytest.mark.parametrize("kind", ["captured", "authorised"])
async def test_sums_that_readers_would_round_are_refused(
    client: httpx.AsyncClient, place: Place, kind: str
) -> None:
    order = await place(**BAGS)
    most = await pay(client, order, kind, LARGEST_MINOR, "1")
    too_much = await pay(client, order, kind, 1, "2")
    both = [told(kind, LARGEST_MINOR, "1"), told(kind, 1, "2")]
    at_once = await client.post("/v1/orders", json=an_order(external_ref="2", payments=both))

    assert most.status_code == 201
    assert (too_much.status_code, slug(too_much)) == (422, "amount-too-large")
    assert too_much.json()["errors"][0]["field"] == "amount_minor"
    assert (at_once.status_code, slug(at_once)) == (422, "amount-too-large")
    assert at_once.json()["errors"][0]["field"] == "payments.1.amount_minor"


async def test_a_payment_tells_its_authorisation_again(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(payments=[told("authorised", TOTAL, "pi-1")])
    answer = await pay(client, order, "captured", TOTAL, "ch-1", authorisation="pi-1")

    assert answer.json()["payments"] == [
        {**told("authorised", TOTAL, "pi-1"), "at": UTC_AT, "authorisation": None},
        {**told("captured", TOTAL, "ch-1"), "at": UTC_AT, "authorisation": "pi-1"},
    ]
