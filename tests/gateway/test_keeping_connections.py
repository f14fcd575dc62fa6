"""Connections to the parts: kept, replaced, bounded, repeated once where that is harmless."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.conftest import House, OpenHouse
from tests.gateway.part import Answer, Request, answering, never, writing


def breaking_first(times: int, *, after: bytes = b"") -> Answer:
    """Close the first connections when a request has come, then answer."""
    left = times
    well = answering(200, b'{"ok":true}')

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        if left:
            left -= 1
            writer.write(after)
            await writer.drain()
            writer.close()
            return
        await well(request, writer)

    return answer


async def test_one_connection_serves_requests_that_follow_each_other(house: House) -> None:
    for _ in range(5):
        assert (await house.client.get("/v1/orders")).status_code == 200

    assert house.orders.connections == 1


async def test_a_connection_that_the_part_closed_while_idle_is_replaced(house: House) -> None:
    await house.client.post("/v1/orders", json={})

    house.orders.hang_up()
    await asyncio.sleep(0.05)
    answer = await house.client.post("/v1/orders", json={})

    assert answer.status_code == 200
    assert [request.connection for request in house.orders.requests] == [1, 2]


async def test_a_connection_idle_for_too_long_is_not_trusted(open_house: OpenHouse) -> None:
    house = await open_house(idle_seconds=0.05)
    await house.client.get("/v1/orders")

    await asyncio.sleep(0.1)
    await house.client.get("/v1/orders")

    assert [request.connection for request in house.orders.requests] == [1, 2]


async def test_a_part_that_says_close_is_not_asked_again_on_that_connection(house: House) -> None:
    house.orders.answer = answering(200, b"{}", "Connection: close")

    await house.client.get("/v1/orders")
    await house.client.get("/v1/orders")

    assert [request.connection for request in house.orders.requests] == [1, 2]


@pytest.mark.parametrize(
    ("method", "headers"), [("GET", {}), ("PUT", {}), ("POST", {"Idempotency-Key": "k-1"})]
)
async def test_a_broken_call_is_repeated_once_where_that_is_harmless(
    house: House, method: str, headers: dict[str, str]
) -> None:
    house.orders.answer = breaking_first(1)

    answer = await house.client.request(method, "/v1/orders", headers=headers)

    assert answer.status_code == 200
    assert len(house.orders.requests) == 2


async def test_a_broken_call_is_not_repeated_for_ever(house: House) -> None:
    house.orders.answer = breaking_first(9)

    answer = await house.client.get("/v1/orders")

    assert answer.status_code == 503
    assert answer.json()["part"] == "orders"
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(house.orders.requests) == 2


async def test_a_broken_call_that_may_have_taken_effect_is_never_repeated(house: House) -> None:
    house.orders.answer = breaking_first(1)

    answer = await house.client.post("/v1/orders", json={})

    assert answer.status_code == 502
    assert answer.json()["type"] == "urn:carnet:problem:part-broke"
    assert answer.json()["part"] == "orders"
    assert "Idempotency-Key" in answer.json()["detail"]
    assert len(house.orders.requests) == 1


async def test_a_call_is_not_repeated_once_its_answer_has_begun(house: House) -> None:
    house.orders.answer = breaking_first(1, after=b"HTTP/1.1 200 OK\r\n")

    answer = await house.client.get("/v1/orders")

    assert answer.status_code == 502
    assert len(house.orders.requests) == 1


@pytest.mark.parametrize(
    "rubbish",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
)
async def test_an_answer_that_is_no_http_is_a_502_problem(house: House, rubbish: bytes) -> None:
    house.orders.answer = writing(rubbish)

    answer = await house.client.get("/v1/orders")

    assert answer.status_code == 502
    assert answer.json()["type"] == "urn:carnet:problem:part-broke"


async def test_more_answers_than_requests_spoil_the_connection(house: House) -> None:
    one = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"
    house.orders.answer = writing(one + b"one" + one + b"two")

    first = await house.client.get("/v1/orders")
    house.orders.answer = answering(200, b"good")
    second = await house.client.get("/v1/orders")

    assert first.text == "one"
    assert second.text == "good"
    assert house.orders.connections == 2


async def test_a_part_that_is_down_is_a_503_problem_that_names_it(house: House) -> None:
    await house.orders.stop()

    answer = await house.client.get("/v1/orders")
    other = await house.client.get("/v1/complaints")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["part"] == "orders"
    assert answer.json()["type"] == "urn:carnet:problem:part-down"
    assert other.status_code == 200


async def test_a_part_that_comes_back_is_used_at_once(house: House) -> None:
    await house.client.get("/v1/orders")
    await house.orders.stop()
    await asyncio.sleep(0.05)
    assert (await house.client.get("/v1/orders")).status_code == 503

    await house.orders.start()

    assert (await house.client.get("/v1/orders")).status_code == 200


async def test_a_part_that_does_not_answer_in_time_is_a_504_problem(open_house: OpenHouse) -> None:
    house = await open_house(answer_seconds=0.1)
    house.orders.answer = never

    answer = await house.client.post("/v1/orders", json={})

    assert answer.status_code == 504
    assert answer.json()["part"] == "orders"
    await asyncio.wait_for(house.orders.lost.wait(), 2)
    assert len(house.orders.requests) == 1


async def test_requests_wait_their_turn_for_a_connection(open_house: OpenHouse) -> None:
    house = await open_house(connections_per_part=2)
    house.orders.answer = writing(
        b"", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", pause_seconds=0.02
    )

    answers = await asyncio.gather(*(house.client.get("/v1/orders") for _ in range(10)))

    assert [answer.status_code for answer in answers] == [200] * 10
    assert house.orders.connections == 2


async def test_a_waiting_request_gets_the_place_of_one_that_broke(open_house: OpenHouse) -> None:
    house = await open_house(connections_per_part=1)
    house.orders.answer = breaking_first(1)

    answers = await asyncio.gather(
        house.client.post("/v1/orders", json={}), house.client.post("/v1/orders", json={})
    )

    assert sorted(answer.status_code for answer in answers) == [200, 502]


async def test_a_queue_that_does_not_move_is_a_503_problem(open_house: OpenHouse) -> None:
    house = await open_house(connections_per_part=1, queue_seconds=0.1, answer_seconds=1)
    house.orders.answer = never
    first = asyncio.create_task(house.client.get("/v1/orders"))
    await asyncio.wait_for(house.orders.asked.wait(), 5)

    answer = await house.client.get("/v1/orders")

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:carnet:problem:part-busy"
    assert (await first).status_code == 504
