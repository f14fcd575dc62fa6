"""The gateway as the process that production runs."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from chassis.database import Database
from gateway.use_cases.create_key import create_key
from tests.conftest import MakeUrl
from tests.gateway.part import Request, StandInPart


@asynccontextmanager
async def running(
    url: str, private_key: str, parts: dict[str, StandInPart]
) -> AsyncGenerator[tuple[int, asyncio.subprocess.Process]]:
    """Run the gateway on a free port, until it is ready and as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "DATABASE_URL": url,
        "PRINCIPAL_PRIVATE_KEY": private_key,
        "PORT": str(port),
        **{f"{name.upper()}_URL": part.url for name, part in parts.items()},
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from gateway.main import run; run()",
        env=os.environ | {f"CARNET_GATEWAY_{name}": text for name, text in environment.items()},
    )
    try:
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            while not await _is_ready(client, port):  # noqa: ASYNC110 - only HTTP tells
                await asyncio.sleep(0.1)
        yield port, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_stop_answers_what_was_asked_before_it(
    database_url: MakeUrl, principal_keys: tuple[str, str], parts: dict[str, StandInPart]
) -> None:
    url = await database_url("gateway")
    database = Database.connect(url, pool_size=1)
    key, _ = await create_key(database, client="till", scopes=["orders:read"], at=datetime.now(UTC))
    await database.close()

    async with (
        running(url, principal_keys[0], parts) as (port, process),
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"X-API-Key": key}
        ) as client,
    ):
        asked = asyncio.Event()
        process_stopping = asyncio.Event()

        async def late(_request: Request, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await process_stopping.wait()
            await asyncio.sleep(0.3)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate")

        parts["orders"].answer = late
        waiting = asyncio.create_task(client.get("/v1/orders"))
        await asyncio.wait_for(asked.wait(), 5)

        process.send_signal(signal.SIGTERM)
        process_stopping.set()

        assert (await waiting).text == "late"
        assert await asyncio.wait_for(process.wait(), 10) in {0, -signal.SIGTERM}
