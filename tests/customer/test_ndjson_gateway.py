"""Lines, the id map and the report through the real gateway, with keys and their scopes."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any, cast

import pytest
import uvicorn

from tests.gateway.conftest import OpenHouse, open_house, parts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import ASGIApp

    from tests.customer.conftest import House
    from tests.gateway.conftest import House as Gateway

__all__ = ["open_house", "parts"]

BATCH = "/v1/source-records/batch"
LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
async def gateway(house: House, open_house: OpenHouse) -> AsyncGenerator[Gateway]:
    """Give a gateway in front of the real customer service."""
    application: ASGIApp = cast("Any", house.http)._transport.app
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    yield await open_house(customer_url=f"http://127.0.0.1:{listening.getsockname()[1]}")
    server.should_exit = True
    await serving
    listening.close()


def line(number: int) -> str:
    told = {"source": "crm", "external_id": f"山{number}", "channel": "import", "country": "FR"}
    return json.dumps(told, ensure_ascii=False)


async def test_lines_are_answered_by_lines(gateway: Gateway) -> None:
    body = "\n".join([line(1), "{", line(2)])

    answer = await gateway.client.post(BATCH, content=body.encode(), headers=LINES)

    assert answer.headers["content-type"] == "application/x-ndjson"
    told = [json.loads(one) for one in answer.text.splitlines()]
    assert [(one["line"], one["status"]) for one in told] == [(1, 200), (2, 400), (3, 200)]


async def test_the_largest_batch_is_answered_whole(gateway: Gateway, house: House) -> None:
    body = "\n".join(line(number) for number in range(500))

    answer = await gateway.client.post(BATCH, content=body.encode(), headers=LINES)

    assert len(answer.text.splitlines()) == 500
    assert await house.count("source_records") == 500


async def test_the_map_comes_page_by_page(gateway: Gateway) -> None:
    body = "\n".join(line(number) for number in range(5))
    await gateway.client.post(BATCH, content=body.encode(), headers=LINES)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        path = "/v1/source-records/id-map"
        page = (await gateway.client.get(path, params={"limit": 2, **cursor})).json()
        seen += [one["external_id"] for one in page["items"]]
        cursor = {"cursor": page["next_cursor"]}

    assert seen == [f"山{number}" for number in range(5)]
    assert cursor == {"cursor": None}


async def test_each_needs_its_scope(gateway: Gateway) -> None:
    reader = {"X-API-Key": await gateway.new_key("customers:read", name="reader")}
    writer = {"X-API-Key": await gateway.new_key("customers:write", name="writer")}
    lines = await gateway.stranger.post(BATCH, content=line(1).encode(), headers=LINES | reader)
    mapped = await gateway.stranger.get("/v1/source-records/id-map", headers=writer)
    aliases = await gateway.stranger.get("/v1/aliases", headers=writer)
    read = await gateway.stranger.get("/v1/data-quality", headers=reader)
    asked = await gateway.stranger.post("/v1/data-quality", headers=reader)

    assert [one.status_code for one in (lines, mapped, aliases, read, asked)] == [403] * 5
