"""A part's answer: whole when small, read piece by piece with back-pressure when not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

WHOLE_UP_TO_BYTES = 65_536
"""An answer that says it is no longer than this is handed over when its last byte is here."""

_PAUSE_ABOVE_BYTES = 262_144


class Source(Protocol):
    """The connection an answer arrives by."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def abandon(self) -> None: ...


class AnswerTooLarge(Exception):
    """The answer is larger than its reader takes."""


class Answer:
    """Status, end-to-end headers and body; `length` is the body's, where the part said it."""

    __slots__ = (
        "_buffered",
        "_chunks",
        "_error",
        "_is_paused",
        "_more",
        "_source",
        "has_no_body",
        "headers",
        "is_complete",
        "length",
        "ready",
        "status",
    )

    def __init__(
        self, source: Source, ready: asyncio.Future[Answer], *, has_no_body: bool = False
    ) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.length: int | None = None
        self.has_no_body = has_no_body
        self.is_complete = False
        self.ready = ready
        self._source = source
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._is_paused = False
        self._more: asyncio.Future[None] | None = None
        self._error: Exception | None = None

    def feed(self, chunk: bytes) -> None:
        """Take a piece of the body, and stop the part when the reader falls behind."""
        self._chunks.append(chunk)
        self._buffered += len(chunk)
        if self._buffered > _PAUSE_ABOVE_BYTES and not self._is_paused:
            self._is_paused = True
            self._source.pause()
        self._wake()

    def begin(self) -> None:
        """Hand over the head of an answer whose body is still to come."""
        if not self.ready.done():
            self.ready.set_result(self)

    def finish(self) -> None:
        """Take note that the last byte is here, and leave the connection reading for the next."""
        self.is_complete = True
        self._resume()
        self.begin()
        self._wake()

    def fail(self, error: Exception) -> None:
        """Take note that no more will come."""
        if not self.ready.done():
            self.ready.set_exception(error)
            return
        self._error = error
        self._wake()

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)

    def taken(self) -> bytes:
        """Give what has arrived and is not yet read; the whole body once `is_complete`."""
        chunks = self._chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self._buffered = 0
        self._resume()
        return data

    def _resume(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self._source.resume()

    async def pieces(self, *, idle_seconds: float) -> AsyncGenerator[bytes]:
        """Read the body as it comes; TimeoutError when the part falls silent for too long."""
        while True:
            if self._chunks:
                yield self.taken()
            elif self.is_complete:
                return
            elif self._error is not None:
                raise self._error
            else:
                self._more = asyncio.get_running_loop().create_future()
                async with asyncio.timeout(idle_seconds):
                    await self._more

    async def read(self, *, limit_bytes: int, idle_seconds: float) -> bytes:
        """Read the whole body, refusing one that is larger than its reader can use."""
        pieces: list[bytes] = []
        size = 0
        async for piece in self.pieces(idle_seconds=idle_seconds):
            size += len(piece)
            if size > limit_bytes:
                self.abandon()
                raise AnswerTooLarge
            pieces.append(piece)
        return b"".join(pieces)

    def abandon(self) -> None:
        """Stop reading: the rest is wanted by nobody, so the connection is given up."""
        if not self.is_complete:
            self._source.abandon()
