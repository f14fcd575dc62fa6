"""A card number is known however it is written, and no token is taken for one."""

from random import Random
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.card_numbers import CardNumberTold, refuse_card_number
from orders.store.tables import order_payments
from tests.orders.conftest import Count, Place, an_order
from tests.orders.test_payments import pay, told

CARDS = [
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "3530111333300000",
    "6011111111111117",
    "6240008631401148",
    "2200000000000053",
    "6759649826438453",
]
WRITTEN = [
    "4111.1111.1111.1111",
    "4111_1111_1111_1111",
    "4111/1111/1111/1111",
    "4111\u00a01111\u00a01111\u00a01111",
    "4111\u20091111\u20091111\u20091111",
    "4111 - 1111 - 1111 - 1111",
    "4111\u20111111\u20111111\u20111111",
    "4111\u200b1111\u200b1111\u200b1111",
    "４１１１１１１１１１１１１１１１",
    "４１１１\u3000１１１１\u3000１１１１\u3000１１１１",
    "٤١١١١١١١١١١١١١١١",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "4111 1111 1111 1111 12/27 123",
    "visa4111111111111111",
    "4111111111111111D27122010000012300000F",
]
TOKENS = [
    "pi_3NirD82eZvKYlo2CIvbtLWuY",
    "ch_3N4111111111a11111",
    "tok_1NirD82eZvKYlo2CIvbtLWuY",
    "4111111111111112",
    "9" * 16,
    "402-1234567-1234567",
    "2026-03-01 10:15:00.123456",
    "20260301-101500-12",
    "W-1001",
    "41111111-1111-4111-8111-111111111111",
    "dc0cc4284fe3bb5174538944222c2a88",
    "PAYID-MZ4E5YA05X441837K593151K",
    "8815658961234567",
]


@pytest.mark.parametrize("text", [*CARDS, *WRITTEN], ids=ascii)
def test_a_card_number_is_known_however_it_is_written(text: str) -> None:
    with pytest.raises(CardNumberTold) as refused:
        refuse_card_number(text, field="reference")
    assert text not in str(refused.value)


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_are_not_taken_for_card_numbers(token: str) -> None:
    refuse_card_number(token, field="reference")


@given(st.sampled_from(CARDS), st.sampled_from(" .-_/\u00a0\u2011\u3000·|"), st.integers(1, 8))
def test_no_separator_hides_a_card_number(card: str, separator: str, every: int) -> None:
    groups = [card[place : place + every] for place in range(0, len(card), every)]
    with pytest.raises(CardNumberTold):
        refuse_card_number(separator.join(groups), field="reference")


def test_random_ids_are_never_taken_for_card_numbers() -> None:
    random = Random(7)
    for _ in range(20_000):
        some = UUID(int=random.getrandbits(128), version=4)
        refuse_card_number(str(some), field="reference")
        refuse_card_number(f"order-{some.hex}", field="reference")


@pytest.mark.parametrize("number", WRITTEN[:3])
async def test_it_is_stored_nowhere(
    client: httpx.AsyncClient, place: Place, count: Count, number: str
) -> None:
    order = await place()
    answer = await pay(client, order, "captured", 100, number)
    at_once = await client.post(
        "/v1/orders", json=an_order(external_ref="2", payments=[told("captured", 100, number)])
    )
    assert (answer.status_code, at_once.status_code) == (422, 422)
    assert number not in answer.text + at_once.text
    assert await count(order_payments) == 0
