"""Bodies: bounded in size and time, however they are sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from gateway.door import body as reading
from gateway.door import listener
from tests.gateway.conftest import House

LIMIT = 1 << 20


async def chunks(size: int, piece: int = 65_536) -> AsyncGenerator[bytes]:
    """Send a body piece by piece, so that its length is not declared."""
    while size > 0:
        yield b"x" * min(piece, size)
        size -= piece


async def test_a_body_of_the_greatest_size_passes(house: House) -> None:
    declared = await house.client.post("/v1/orders", content=b"x" * LIMIT)
    chunked = await house.client.post("/v1/orders", content=chunks(LIMIT))

    assert declared.status_code == chunked.status_code == 200
    for request in house.orders.requests:
        assert request.body == b"x" * LIMIT
        assert request.header("transfer-encoding") is None
        assert request.header("content-length") == str(LIMIT)


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_larger_body_is_a_413_problem_and_is_not_forwarded(
    house: House, *, is_chunked: bool
) -> None:
    content = chunks(LIMIT + 1) if is_chunked else b"x" * (LIMIT + 1)

    answer = await house.client.post("/v1/orders", content=content)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "body"
    assert house.orders.requests == []


async def test_refused_bodies_do_not_wear_out_their_connection(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "_MOST_UNREAD_BYTES", 3 * LIMIT)

    statuses = [
        (await house.client.post("/v1/orders", content=b"x" * (2 * LIMIT))).status_code
        for _ in range(5)
    ]

    assert statuses == [413] * 5


async def test_a_client_that_declares_too_much_is_told_before_it_sends(house: House) -> None:
    reply = await house.raw(
        b"POST /v1/orders HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\nconnection: close\r\n"
        b"expect: 100-continue\r\ncontent-length: 99999999999\r\n\r\n" % house.key.encode()
    )

    assert reply.startswith(b"HTTP/1.1 413 ")


async def test_a_body_without_content_is_still_declared(house: House) -> None:
    await house.client.post("/v1/orders/ord_1/cancel")

    assert house.orders.only_request.header("content-length") == "0"


async def test_a_chunked_body_without_a_chunk_is_empty(house: House) -> None:
    await house.client.post("/v1/orders", content=chunks(0))

    assert house.orders.only_request.header("content-length") == "0"


async def test_a_coded_body_is_a_415_problem(house: House) -> None:
    answer = await house.client.post(
        "/v1/orders", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}
    )

    assert answer.status_code == 415
    assert answer.json()["errors"][0]["field"] == "Content-Encoding"
    assert house.orders.requests == []


async def test_a_body_that_stops_arriving_is_a_408_problem(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_WHOLE_BODY_SECONDS", 0.1)

    reply = await house.raw(
        b"POST /v1/orders HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\nconnection: close\r\n"
        b"content-length: 10\r\n\r\n123" % house.key.encode()
    )

    assert reply.startswith(b"HTTP/1.1 408 ")
    assert b"body-too-slow" in reply
    assert house.orders.requests == []


async def test_a_client_that_leaves_amid_its_body_leaves_nothing_behind(house: House) -> None:
    head = b"POST /v1/orders HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\ncontent-length: 10\r\n\r\n123"

    for _ in range(3):
        await house.leave_after(head % house.key.encode())
    answer = await house.client.get("/v1/orders")

    assert answer.status_code == 200
    assert house.orders.only_request.method == "GET"


async def test_no_key_no_reading(house: House) -> None:
    reply = await house.raw(
        b"POST /v1/orders HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 10\r\n\r\n"
    )

    assert reply.startswith(b"HTTP/1.1 401 ")
