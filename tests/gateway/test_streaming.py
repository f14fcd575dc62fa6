"""Long answers, cut answers, and clients that leave."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.gateway.conftest import House, OpenHouse
from tests.gateway.part import Request, answering, never, writing

MEGABYTE = b"0123456789abcdef" * 65_536


async def test_a_large_answer_arrives_whole_and_keeps_the_connection(house: House) -> None:
    body = MEGABYTE * 8
    house.orders.answer = answering(200, body)

    first = await house.client.get("/v1/orders")
    second = await house.client.get("/v1/orders")

    assert first.content == second.content == body
    assert first.headers["content-length"] == str(len(body))
    assert house.orders.connections == 1


async def test_a_chunked_answer_arrives_as_it_comes(house: House) -> None:
    go_on = asyncio.Event()

    async def answer(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        await writer.drain()
        await go_on.wait()
        writer.write(b"6\r\nsecond\r\n0\r\nx-trailer: 1\r\n\r\n")

    house.orders.answer = answer
    async with house.client.stream("GET", "/v1/orders") as streamed:
        pieces = streamed.aiter_bytes()
        first = await anext(pieces)
        go_on.set()
        rest = b"".join([piece async for piece in pieces])

    assert (first, rest) == (b"first", b"second")
    assert "x-trailer" not in streamed.headers


async def test_pages_that_are_followed_keep_nobody_else_from_the_part(house: House) -> None:
    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.target.endswith("/events"):
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            await writer.drain()
            await never(request, writer)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    house.orders.answer = answer
    async with AsyncExitStack() as stack:
        for _ in range(70):  # more than there are connections for other requests
            path = "/v1/tracking/abcdefghijklmnopqrstuvwxyz/events"
            streamed = await stack.enter_async_context(house.client.stream("GET", path))
            assert streamed.status_code == 200
        other = await house.client.get("/v1/orders")
    assert other.text == "ok"


async def test_an_answer_that_ends_with_its_connection_is_whole(house: House) -> None:
    house.orders.answer = writing(b"HTTP/1.1 200 OK\r\n\r\n", b"all of it", then_close=True)

    assert (await house.client.get("/v1/orders")).text == "all of it"


@pytest.mark.parametrize(
    "head",
    [b"content-length: 100000\r\n\r\nbegun", b"transfer-encoding: chunked\r\n\r\n5\r\nbegun\r\n"],
)
async def test_an_answer_cut_short_is_not_passed_off_as_whole(house: House, head: bytes) -> None:
    house.orders.answer = writing(b"HTTP/1.1 200 OK\r\n" + head, then_close=True)

    with pytest.raises(httpx.RemoteProtocolError):
        await house.client.get("/v1/orders")


async def test_a_reader_that_stops_stops_the_part(house: House) -> None:
    written = 0

    async def answer(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (64 * len(MEGABYTE)))
        for _ in range(64):
            writer.write(MEGABYTE)
            await writer.drain()
            written += 1

    house.orders.answer = answer
    async with house.client.stream("GET", "/v1/orders"):
        await asyncio.sleep(0.5)
        stuck_at = written

    assert 0 < stuck_at < 32
    await asyncio.wait_for(house.orders.lost.wait(), 2)


async def test_a_client_that_leaves_early_frees_the_part(house: House) -> None:
    house.orders.answer = never
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        b"GET /v1/orders HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\n\r\n" % house.key.encode()
    )
    await asyncio.wait_for(house.orders.asked.wait(), 2)

    writer.close()

    await asyncio.wait_for(house.orders.lost.wait(), 2)
    assert await reader.read() == b""


async def test_a_client_that_leaves_while_it_waits_for_its_turn_gives_it_up(
    open_house: OpenHouse,
) -> None:
    house = await open_house(connections_per_part=1, answer_seconds=1, queue_seconds=5)
    house.orders.answer = never
    holder = asyncio.create_task(house.client.get("/v1/orders"))
    await asyncio.wait_for(house.orders.asked.wait(), 5)
    waiting = asyncio.create_task(
        house.stranger.get("/v1/orders", headers={"X-API-Key": house.key})
    )
    await asyncio.sleep(0.2)

    waiting.cancel()
    await asyncio.sleep(0.1)
    house.orders.answer = answering()

    assert (await holder).status_code == 504
    assert (await house.client.get("/v1/orders")).status_code == 200
    assert len(house.orders.requests) == 2
