"""A part of the suite as the gateway sees one: a server of its own, which answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

Answer = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived, byte for byte where it matters."""

    method: str
    target: str
    lines: tuple[tuple[str, str], ...]
    body: bytes
    connection: int

    def header(self, name: str) -> str | None:
        """The one value of a header."""
        values = [value for key, value in self.lines if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


def answering(
    status: int = 200, body: bytes = b"{}", *lines: str, content_type: str = "application/json"
) -> Answer:
    """Answer every request alike, in one write."""
    head = [
        f"HTTP/1.1 {status} Whatever",
        f"content-type: {content_type}",
        f"content-length: {len(body)}",
        *lines,
    ]
    raw = "\r\n".join(head).encode() + b"\r\n\r\n" + body
    return writing(raw)


def writing(*pieces: bytes, then_close: bool = False, pause_seconds: float = 0) -> Answer:
    """Write these bytes, whatever they are."""

    async def answer(_request: Request, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_seconds)
        if then_close:
            writer.close()

    return answer


would_take = writing(b"HTTP/1.1 204 No Content\r\n\r\n")


async def never(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.sleep(60)


class StandInPart:
    """Listens on a free port; `requests` holds what arrived, `answer` is what it does.

    Sales that it is only to check are kept apart in `checks`, and answered with `check_answer`;
    so is what it is asked of readers, in `asked_of_readers`, answered with `purviews` and `homes`.
    """

    def __init__(self) -> None:
        self.answer: Answer = answering()
        self.check_answer: Answer = would_take
        self.purviews: Answer = answering(body=b'{"clients":{}}')
        self.homes: Answer = answering(body=b'{"home_regions":[]}')
        self.requests: list[Request] = []
        self.asked_of_readers: list[Request] = []
        self.checks: list[Request] = []
        self.connections = 0
        self.asked = asyncio.Event()
        self.lost = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def only_request(self) -> Request:
        assert len(self.requests) == 1, self.requests
        return self.requests[0]

    async def start(self) -> Self:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle ones."""
        for writer in self._writers:
            writer.close()

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self._writers.add(writer)
        try:
            while True:
                request = await _read(reader, number)
                answer = self._note(request)
                answering_it = asyncio.create_task(_wait(answer(request, writer)))
                leaving = asyncio.create_task(reader.read(1) if answer is never else _stay())
                await asyncio.wait({answering_it, leaving}, return_when=asyncio.FIRST_COMPLETED)
                leaving.cancel()
                if not answering_it.done():
                    answering_it.cancel()
                    self.lost.set()
                    return
                await answering_it
        except (asyncio.IncompleteReadError, ConnectionError):
            self.lost.set()
        finally:
            self._writers.discard(writer)
            writer.close()

    def _note(self, request: Request) -> Answer:
        if request.target.startswith("/v1/purviews/"):
            self.asked_of_readers.append(request)
            return self.homes
        if request.target == "/v1/purviews":
            return self.purviews
        self.asked.set()
        if request.header("carnet-check") is not None:
            self.checks.append(request)
            return self.check_answer
        self.requests.append(request)
        return self.answer


async def _wait(work: Awaitable[None]) -> None:
    await work


async def _stay() -> None:
    await asyncio.sleep(60)


async def _read(reader: asyncio.StreamReader, connection: int) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.rstrip("\r\n").split("\r\n")
    method, target, version = first.split(" ")
    assert version == "HTTP/1.1"
    lines = tuple((line.partition(": ")[0], line.partition(": ")[2]) for line in rest)
    length = next((int(value) for name, value in lines if name == "content-length"), 0)
    body = await reader.readexactly(length)
    return Request(method, target, lines, body, connection)
