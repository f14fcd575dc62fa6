"""uvicorn's HTTP/1.1 protocol with a bound on heads, and problem documents for what is no HTTP."""

from __future__ import annotations

import asyncio
from typing import cast

import orjson
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from chassis.problems import MEDIA_TYPE, TYPE_PREFIX

_LONGEST_HEAD_BYTES = 65_536
_HEAD_SECONDS = 15.0
_MOST_UNREAD_BYTES = 16 << 20
"""What of a refused body is read away, so that its sender comes to read the refusal."""


class Listener(HttpToolsProtocol):
    """Refuses heads that are too long or too slow before any application sees them.

    A head that arrives in one piece, as nearly all do, costs one comparison.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _unread_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head(0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def data_received(self, data: bytes) -> None:
        """Parse, and keep watch over a head that is not whole yet."""
        super().data_received(data)
        if not self._has_head():
            self._await_head(len(data))
        elif self._head_timer is not None:
            self._stop_waiting()

    def _has_head(self) -> bool:
        """Whether the newest message is one whose head was read to its end."""
        newest = cast("RequestResponseCycle | None", self.cycle)  # None until the first
        return newest is not None and newest.scope is self.scope

    def on_message_begin(self) -> None:
        """Begin to count anew what is read away."""
        super().on_message_begin()
        self._unread_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Read away a bounded part of a body that was refused."""
        if self.cycle.response_complete:
            self._unread_bytes += len(body)
            if self._unread_bytes > _MOST_UNREAD_BYTES:
                self.transport.close()
            return
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed."""
        self._refuse(400, "malformed-http", msg, "Send HTTP/1.1 as RFC 9112 has it.")

    def _await_head(self, more_bytes: int) -> None:
        self._head_bytes += more_bytes
        if self._head_bytes > _LONGEST_HEAD_BYTES:
            self._refuse(
                431,
                "head-too-large",
                "The request's head is too large",
                f"Send at most {_LONGEST_HEAD_BYTES} bytes of headers.",
            )
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._head_is_late)

    def _stop_waiting(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        if self._head_bytes:
            self._refuse(
                408,
                "head-too-slow",
                "The request's head did not arrive in time",
                f"Send it within {_HEAD_SECONDS:.0f} s.",
            )
        else:
            self.transport.close()

    def _refuse(self, status: int, slug: str, title: str, mend: str) -> None:
        if self.transport.is_closing():
            return
        body = orjson.dumps(
            {"type": TYPE_PREFIX + slug, "title": title, "status": status, "detail": mend}
        )
        head = b"content-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (
            MEDIA_TYPE.encode("ascii"),
            len(body),
        )
        self.transport.write(STATUS_LINE[status] + head + body)
        self.transport.close()
