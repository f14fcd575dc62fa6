"""The payment axis: what providers tell of money, added up, and no card number anywhere."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.database import Database, unit_of_work
from chassis.errors import Conflict
from orders.domain.payments import (
    MOVES,
    Payment,
    PaymentKind,
    PaymentState,
)
from orders.domain.settling import Paid, check_payment
from orders.events import ORDER
from orders.store.erasing import erase_order
from orders.store.tables import order_payments
from tests.orders.conftest import TOTAL, Count, Place, Rows, an_order

AT = "2026-03-01T10:20:00+01:00"
KINDS = st.sampled_from(list(PaymentKind))


def told(kind: str, amount: int, reference: str = "", **more: Any) -> dict[str, Any]:
    reference = reference or f"tok-{kind}-{amount}"
    body = {"kind": kind, "method": "card", "reference": reference, "amount_minor": amount}
    return {**body, "at": AT, **more}


async def pay(client: httpx.AsyncClient, order: dict[str, Any], *args: Any, **more: Any) -> Any:
    return await client.post(f"/v1/orders/{order['order_id']}/payments", json=told(*args, **more))


async def test_an_order_is_authorised_paid_and_refunded(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    path = f"/v1/orders/{order['order_id']}/payments"
    states = [(await client.get(path)).json()["state"]]
    for kind, amount in [
        ("authorised", TOTAL),
        ("captured", 100),
        ("captured", TOTAL - 100),
        ("refunded", 300),
        ("refunded", TOTAL - 300),
    ]:
        answer = await pay(client, order, kind, amount)
        assert answer.status_code == 201, answer.text
        states.append(answer.json()["state"])

    assert states == ["pending", "authorised", "part_paid", "paid", "part_refunded", "refunded"]
    whole = (await client.get(path)).json()
    assert (whole["captured_minor"], whole["refunded_minor"]) == (TOTAL, TOTAL)
    assert (whole["authorised_minor"], whole["due_minor"]) == (0, 0)
    assert [one["kind"] for one in whole["payments"]] == [
        "authorised",
        "captured",
        "captured",
        "refunded",
        "refunded",
    ]


async def test_an_authorisation_that_is_let_go_leaves_the_order_unpaid(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await pay(client, order, "authorised", TOTAL)

    too_much = await pay(client, order, "voided", TOTAL + 1)
    answer = await pay(client, order, "voided", TOTAL)

    assert (too_much.status_code, answer.json()["state"]) == (409, "pending")


async def test_payments_that_come_with_the_order_are_kept_with_it(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(payments=[told("captured", 100), told("captured", TOTAL - 100, "tok-2")])

    paid = (await client.get(f"/v1/orders/{order['order_id']}/payments")).json()

    assert (paid["state"], len(paid["payments"])) == ("paid", 2)


async def test_an_order_whose_payments_cannot_be_is_not_stored(
    client: httpx.AsyncClient, count: Count
) -> None:
    answer = await client.post("/v1/orders", json=an_order(payments=[told("refunded", 1)]))

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:carnet:problem:more-refunded-than-paid"
    assert await count(order_payments) == 0


async def test_the_same_payment_again_changes_nothing(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    first = await pay(client, order, "captured", 100, "tok-1")
    again = await pay(client, order, "captured", 100, "tok-1")
    other = await pay(client, order, "captured", 101, "tok-1")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert other.status_code == 422
    assert other.json()["type"] == "urn:carnet:problem:payment-reference-reused"


async def test_refunds_at_once_give_back_no_more_than_was_paid(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(payments=[told("captured", TOTAL)])

    answers = await asyncio.gather(
        *(pay(client, order, "refunded", TOTAL // 2, f"r-{n}") for n in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [409] * 6


@pytest.mark.parametrize(
    "number",
    ["4111111111111111", "4111 1111 1111 1111", "tok 5500-0000-0000-0004", "378282246310005"],
)
async def test_a_card_number_is_refused_and_not_repeated(
    client: httpx.AsyncClient, place: Place, count: Count, number: str
) -> None:
    order = await place()

    answer = await pay(client, order, "captured", 100, number)
    at_once = await client.post(
        "/v1/orders", json=an_order(external_ref="2", payments=[told("captured", 100, number)])
    )

    assert (answer.status_code, at_once.status_code) == (422, 422)
    assert answer.json()["type"] == "urn:carnet:problem:card-number-told"
    assert at_once.json()["errors"][0]["field"] == "payments.0.reference"
    assert number not in answer.text + at_once.text
    assert await count(order_payments) == 0


@given(
    st.builds(
        Paid,
        total_minor=st.integers(0, 50),
        returned_minor=st.sampled_from([0, 10, 50]),
        credit_minor=st.sampled_from([0, 20]),
        exchanged_minor=st.sampled_from([0, 10]),
    )
    | st.builds(Paid, total_minor=st.just(0), is_cancelled=st.sampled_from([True])),
    st.lists(st.tuples(KINDS, st.sampled_from(["card", "cash"]), st.integers(1, 30)), max_size=12),
)
def test_the_state_moves_by_its_table_and_no_sum_falls_below_zero(
    paid: Paid, told_: list[tuple[PaymentKind, str, int]]
) -> None:
    for number, (kind, method, amount) in enumerate(told_):
        payment = Payment(
            kind=kind,
            method=method,
            reference=str(number),
            amount_minor=amount,
            at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        before = paid
        try:
            check_payment(before, payment)
        except Conflict:
            continue
        paid = before.after(payment)
        assert paid.state is before.state or paid.state in MOVES[before.state]
        assert 0 <= paid.refunded_minor <= paid.received_minor
        assert paid.authorised_minor >= 0
        assert not (paid.due_minor and paid.to_refund_minor)


def test_the_table_names_every_state() -> None:
    assert MOVES.keys() == set(PaymentState)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_minor": 0},
        {"amount_minor": 1.5},
        {"kind": "paid"},
        {"at": "now"},
        {"pan": "1"},
    ],
)
async def test_bad_input_names_its_field(
    client: httpx.AsyncClient, place: Place, wrong: dict[str, Any]
) -> None:
    order = await place()

    body = told("captured", 100) | wrong
    answer = await client.post(f"/v1/orders/{order['order_id']}/payments", json=body)

    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == set(wrong)


async def test_payments_of_no_order_are_not_found(client: httpx.AsyncClient) -> None:
    order = {"order_id": "ord_01jzq3v5c8e7m9r2t4w6y8a0bf"}

    answer = await pay(client, order, "captured", 100)

    assert answer.status_code == 404


async def test_an_erasure_leaves_of_a_reference_enough_to_know_it_again(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows
) -> None:
    order = await place(payments=[told("captured", TOTAL, "tok-secret")])
    async with unit_of_work(database) as tx:
        at = datetime(2026, 4, 1, tzinfo=UTC)
        await erase_order(tx, ORDER.read(order["order_id"]), at=at)
    [kept] = await rows(order_payments)

    again = await pay(client, order, "captured", TOTAL, "tok-secret")

    assert "secret" not in str(kept)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["captured_minor"] == TOTAL


async def test_a_reused_reference_names_its_field_and_too_large_a_refund_its_mend(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(payments=[told("captured", 100, "tok-1")])
    reused = await pay(client, order, "captured", 200, "tok-1")
    twice = [told("captured", 100, "tok-1"), told("captured", 200, "tok-1")]
    at_once = await client.post("/v1/orders", json=an_order(external_ref="2", payments=twice))
    refund = await pay(client, order, "refunded", 200)

    assert reused.json()["type"] == "urn:carnet:problem:payment-reference-reused"
    assert [one["field"] for one in reused.json()["errors"]] == ["reference"]
    assert [one["field"] for one in at_once.json()["errors"]] == ["payments.1.reference"]
    assert refund.json()["type"] == "urn:carnet:problem:more-refunded-than-paid"
    assert refund.json()["detail"].endswith("Send less.")
