"""The gateway on a real port, in front of stand-in parts, with keys in a real database."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn

from chassis.database import Database
from gateway.domain.scopes import Scope
from gateway.door.listener import Listener
from gateway.main import build
from gateway.settings import Settings
from gateway.use_cases.create_key import create_key
from tests.conftest import MakeUrl
from tests.gateway.part import StandInPart

_TLS = ssl.create_default_context()  # never used, but httpx would make one for every client


@dataclass(frozen=True, slots=True)
class House:
    """A gateway that runs, its parts, and clients with and without a key."""

    port: int
    database: Database
    key: str
    client: httpx.AsyncClient
    stranger: httpx.AsyncClient
    customer: StandInPart
    orders: StandInPart
    complaints: StandInPart
    segmentation: StandInPart

    async def new_key(self, *scopes: str, name: str = "other") -> str:
        """Create a key as `carnet keys create` does."""
        text, _ = await create_key(self.database, client=name, scopes=scopes, at=datetime.now(UTC))
        return text

    async def raw(self, *pieces: bytes, pause_seconds: float = 0) -> bytes:
        """Send bytes on a connection of their own, and read until the gateway closes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause_seconds)
            async with asyncio.timeout(5):
                return await reader.read()
        finally:
            writer.close()

    async def leave_after(self, sent: bytes) -> None:
        """Send bytes, and close the connection without waiting for an answer."""
        _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()


OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture
async def parts() -> AsyncGenerator[dict[str, StandInPart]]:
    """Start the four parts."""
    names = ("customer", "orders", "complaints", "segmentation")
    started = {name: await StandInPart().start() for name in names}
    yield started
    for part in started.values():
        await part.stop()


@pytest.fixture
async def open_house(
    database_url: MakeUrl, principal_keys: tuple[str, str], parts: dict[str, StandInPart]
) -> AsyncGenerator[OpenHouse]:
    """Give a function that starts a gateway with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def start(**changes: Any) -> House:
            url = await database_url("gateway")
            settings = Settings.model_validate(
                {
                    "database_url": url,
                    "port": 0,
                    "principal_private_key": principal_keys[0],
                    **{f"{name}_url": part.url for name, part in parts.items()},
                    "view_seconds": 10,  # no part is slow because the machine is busy
                    **changes,
                }
            )
            database = await stack.enter_async_context(_database(url))
            key, _ = await create_key(
                database, client="till", scopes=tuple(Scope), at=datetime.now(UTC)
            )
            port = await stack.enter_async_context(_served(settings))
            base = f"http://127.0.0.1:{port}"
            client = httpx.AsyncClient(base_url=base, headers={"X-API-Key": key}, verify=_TLS)
            stranger = httpx.AsyncClient(base_url=base, verify=_TLS)
            return House(
                port,
                database,
                key,
                await stack.enter_async_context(client),
                await stack.enter_async_context(stranger),
                **parts,
            )

        yield start


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    """Give a gateway as it is set up by default."""
    return await open_house()


@asynccontextmanager
async def _database(url: str) -> AsyncGenerator[Database]:
    database = Database.connect(url, pool_size=2)
    yield database
    await database.close()


@asynccontextmanager
async def _served(settings: Settings) -> AsyncGenerator[int]:
    """Serve the gateway with uvicorn in this loop, on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            build(settings),
            http=Listener,
            ws="none",
            lifespan="on",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    await serving
