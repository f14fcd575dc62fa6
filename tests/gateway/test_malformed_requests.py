"""What is no HTTP, or two kinds of it at once: refused at the door, never forwarded."""

from __future__ import annotations

import json

import pytest

from gateway.door import listener
from tests.gateway.conftest import House

START = b"POST /v1/orders HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\n"
NO_HTTP = {
    "both framings": START + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": START + b"content-length: 4\r\ncontent-length: 5\r\n\r\nabcde",
    "a list of lengths": START + b"content-length: 4, 4\r\n\r\nabcd",
    "a signed length": START + b"content-length: +4\r\n\r\nabcd",
    "a negative length": START + b"content-length: -4\r\n\r\n",
    "a length that is none": START + b"content-length: 0x4\r\n\r\nabcd",
    "chunked not last": START + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "an unknown framing": START + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked twice": START
    + b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": START + b"content-length : 4\r\n\r\nabcd",
    "a bare CR in a value": START + b"x: a\rb\r\n\r\n",
    "a NUL in a value": START + b"x: a\0b\r\n\r\n",
    "a folded header": START + b"x: a\r\n carnet-principal: b\r\n\r\n",
    "a chunk size that is none": START + b"transfer-encoding: chunked\r\n\r\nzz\r\nabcd",
    "a chunk longer than said": START + b"transfer-encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
    "an unknown version": b"GET /v1/orders HTTP/3.0\r\n\r\n",
    "an unknown method": b"BREW /v1/orders HTTP/1.1\r\nhost: x\r\n\r\n",
    "a space in the target": b"GET /v1/or ders HTTP/1.1\r\nhost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a target outside ASCII": "GET /v1/é HTTP/1.1\r\nhost: x\r\n\r\n".encode(),
}


@pytest.mark.parametrize("request_bytes", NO_HTTP.values(), ids=NO_HTTP)
async def test_what_is_no_http_is_a_400_problem_and_is_not_forwarded(
    house: House, request_bytes: bytes
) -> None:
    reply = await house.raw(request_bytes.replace(b"%b", house.key.encode()))

    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["type"] == "urn:carnet:problem:malformed-http"
    assert house.orders.requests == []


async def test_what_follows_a_body_is_a_request_of_its_own(house: House) -> None:
    second = (
        b"GET /v1/orders/second HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\nconnection: close\r\n\r\n"
    )

    reply = await house.raw(
        (START + b"content-length: 4\r\n\r\nabcd" + second).replace(b"%b", house.key.encode())
    )

    assert reply.count(b"HTTP/1.1 200 OK") == 2
    assert [request.target for request in house.orders.requests] == [
        "/v1/orders",
        "/v1/orders/second",
    ]


async def test_an_upgrade_with_a_body_is_refused(house: House) -> None:
    reply = await house.raw(
        START.replace(b"%b", house.key.encode())
        + b"connection: upgrade, close\r\nupgrade: h2c\r\ncontent-length: 4\r\n\r\nabcd"
    )

    assert reply.startswith(b"HTTP/1.1 400 ")
    assert house.orders.requests == []


async def test_an_upgrade_without_a_body_is_ignored(house: House) -> None:
    answer = await house.client.get(
        "/v1/orders", headers={"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c"}
    )

    assert answer.status_code == 200
    assert house.orders.only_request.header("upgrade") is None


async def test_a_head_that_is_too_long_is_a_431_problem(house: House) -> None:
    reply = await house.raw(b"GET /v1/orders HTTP/1.1\r\nx: " + b"y" * 66_000)

    assert reply.startswith(b"HTTP/1.1 431 ")
    assert b"head-too-large" in reply


async def test_a_head_that_does_not_end_in_time_is_a_408_problem(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "_HEAD_SECONDS", 0.2)

    reply = await house.raw(b"GET /v1/orders HT", b"TP/1.1\r\n", pause_seconds=0.05)
    silence = await house.raw()

    assert reply.startswith(b"HTTP/1.1 408 ")
    assert silence == b""


async def test_a_head_in_pieces_is_read(house: House) -> None:
    head = b"GET /v1/orders HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\nconnection: close\r\n\r\n"

    reply = await house.raw(
        *(bytes((byte,)) for byte in head.replace(b"%b", house.key.encode())), pause_seconds=0.001
    )

    assert reply.startswith(b"HTTP/1.1 200 ")
