"""A load generator that costs little: one socket a client, one request after the other."""

import asyncio
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class RequestFailed(Exception):
    """An answer was not the one that was expected; `args` gives its head and body."""


async def post_for(
    seconds: float,
    *,
    url: str,
    headers: Mapping[str, str],
    clients: int,
    request: Callable[[], tuple[str, bytes]],
    status: int = 201,
) -> list[float]:
    """Post requests one after the other with each client; gives each answer's seconds.

    `request` gives the next one's path and body. Raises `RequestFailed` at the first answer whose
    status is another one.
    """
    target = urlsplit(url)
    lines = [" HTTP/1.1", f"Host: {target.netloc}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode() + b"\r\nContent-Length: "
    until = time.perf_counter() + seconds
    waits: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        while (began := time.perf_counter()) < until:
            path, sent = request()
            told = path.encode(), head, len(sent), _HEAD_END, sent
            writer.write(b"POST %b%b%d%b%b" % told)
            await _expect(reader, b"http/1.1 %d" % status)
            waits.append(time.perf_counter() - began)
        writer.close()

    async with asyncio.TaskGroup() as running:
        for _ in range(clients):
            running.create_task(client())
    return waits


async def _expect(reader: asyncio.StreamReader, begin: bytes) -> None:
    head = (await reader.readuntil(_HEAD_END)).lower()
    start = head.index(_LENGTH) + len(_LENGTH)
    body = await reader.readexactly(int(head[start : head.index(b"\r\n", start)]))
    if not head.startswith(begin):
        raise RequestFailed(head, body)
