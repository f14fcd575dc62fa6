"""One keep-alive connection to a part, which carries one exchange at a time."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Protocol, cast

import httptools

from gateway.upstream.answer import WHOLE_UP_TO_BYTES, Answer

_OWN_OR_HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"content-length",
        b"date",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-connection",
        b"server",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
"""Headers that end here (RFC 9110 §7.6.1), or that the gateway writes itself."""

_WITHOUT_BODY = frozenset((HTTPStatus.NO_CONTENT.value, HTTPStatus.NOT_MODIFIED.value))
_FIRST_FINAL_STATUS = 200


class ConnectionBroke(Exception):
    """The connection ended before its answer did."""

    def __init__(self, *, was_sent: bool = True, had_begun: bool = False) -> None:
        """Say whether the request was written, and whether a byte of the answer had come."""
        super().__init__("the connection ended before its answer did")
        self.was_sent = was_sent
        self.had_begun = had_begun


class Keeper(Protocol):
    """The pool, as its connections see it."""

    def release(self, connection: Connection) -> None: ...
    def discard(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """Reads answers with llhttp and hands itself back to its pool after each."""

    def __init__(self, keeper: Keeper, loop: asyncio.AbstractEventLoop) -> None:
        self._keeper = keeper
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: Answer | None = None
        self._has_received = False
        self._stays_open = False
        self._is_chunked = False
        self._ends_with_connection = False
        self.idle_since = 0.0

    @property
    def is_closing(self) -> bool:
        """Whether nothing may be written any more."""
        return self._transport is None or self._transport.is_closing()

    def send(self, request: bytes, *, has_no_body: bool) -> asyncio.Future[Answer]:
        """Write a request; the future brings its answer, whole or with its body to come."""
        if self._transport is None:
            raise ConnectionBroke(was_sent=False)
        ready: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = Answer(self, ready, has_no_body=has_no_body)
        self._has_received = self._is_chunked = self._ends_with_connection = False
        self._transport.write(request)
        return ready

    def close(self) -> None:
        """Close in good order; only for a connection without an exchange."""
        if self._transport is not None:
            self._transport.close()

    def abandon(self) -> None:
        """Give up the exchange under way, and with it the connection."""
        self._answer = None
        self._keeper.discard(self)
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read no more for now."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._keeper.discard(self)
        answer, self._answer = self._answer, None
        if answer is None:
            return
        if self._ends_with_connection and exc is None:
            answer.finish()
        else:
            answer.fail(ConnectionBroke(had_begun=self._has_received))

    def data_received(self, data: bytes) -> None:
        self._has_received = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            answer = self._answer
            self.abandon()
            if answer is not None:
                answer.fail(ConnectionBroke(had_begun=True))
            return
        answer = self._answer
        if answer is not None and answer.is_complete:
            self._end_exchange(answer)

    def _end_exchange(self, answer: Answer) -> None:
        self._answer = None
        if not self._stays_open:
            self._keeper.discard(self)
            self.close()
            return
        if answer.has_no_body:
            self._parser = httptools.HttpResponseParser(self)
        self._keeper.release(self)

    def on_message_begin(self) -> None:
        """Refuse an answer nobody asked for: the stream can no longer be trusted."""
        if self._answer is None or self._answer.is_complete:
            raise ConnectionBroke(had_begun=True)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep an end-to-end header; trailers come after the head and are dropped."""
        answer = self._answer
        if answer is None or answer.status:
            return
        name = name.lower()
        if name not in _OWN_OR_HOP_BY_HOP:
            answer.headers.append((name, value))
        elif name == b"content-length":
            answer.length = int(value)
        elif name == b"transfer-encoding":
            self._is_chunked = True

    def on_headers_complete(self) -> None:
        """Learn how the body ends, and hand over at once an answer that will be long."""
        answer = self._answer
        if answer is None:
            return
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL_STATUS:
            answer.headers.clear()
            return
        answer.status = status
        self._stays_open = self._parser.should_keep_alive()
        if answer.has_no_body or status in _WITHOUT_BODY:
            answer.has_no_body = True
            answer.finish()
        elif answer.length is None:
            self._ends_with_connection = not self._is_chunked
            answer.begin()
        elif answer.length > WHOLE_UP_TO_BYTES:
            answer.begin()

    def on_body(self, chunk: bytes) -> None:
        """Pass on a piece of the body."""
        answer = self._answer
        if answer is not None and not answer.is_complete:
            answer.feed(chunk)

    def on_message_complete(self) -> None:
        """Finish the answer, unless it was only an interim one (1xx)."""
        answer = self._answer
        if answer is not None and answer.status and not answer.is_complete:
            answer.finish()
