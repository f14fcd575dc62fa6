"""Reading a request's headers once: what the door needs, and what goes on to the part."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chassis.tracing import child_traceparent, new_traceparent, read_traceparent, trace_id

_ENDS_HERE = frozenset(
    (
        b"connection",
        b"content-encoding",
        b"content-length",
        b"expect",
        b"forwarded",
        b"host",
        b"http2-settings",
        b"idempotency-key",
        b"keep-alive",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"traceparent",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"x-api-key",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-real-ip",
        b"x-request-id",
    )
)
"""Headers that are the connection's alone (RFC 9110 §7.6.1), that the gateway writes itself, or
that need a look first."""

_OURS = (b"carnet-", b"carnet_")
"""Only the gateway says these; a client that does is not believed."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~+/=-]{1,128}")
_USUAL_CONNECTIONS = frozenset((b"keep-alive", b"close", b"Keep-Alive", b"Close"))

_READER = (b"x-actor:", b"x-purpose:")
"""Who reads and what for: the parts keep it in their audit."""


class Head:
    """What the headers say; `lines` are those that go on, each ending in CRLF."""

    __slots__ = (
        "content_length",
        "has_body",
        "has_upgrade",
        "idempotency_key",
        "is_coded",
        "key",
        "lines",
        "request_id",
        "trace_lines",
        "traceparent",
    )

    def __init__(self, own: dict[bytes, bytes], lines: list[bytes]) -> None:
        """Take the headers that end here by name, and the lines of the others."""
        self.key = own.get(b"x-api-key")
        length = own.get(b"content-length")
        self.content_length = None if length is None else int(length)
        self.has_body = bool(self.content_length) or b"transfer-encoding" in own
        self.has_upgrade = b"upgrade" in own
        self.is_coded = own.get(b"content-encoding", b"identity").lower() != b"identity"
        self.idempotency_key = own.get(b"idempotency-key")
        if self.idempotency_key is not None:
            lines.append(b"idempotency-key: %b\r\n" % self.idempotency_key)
        self.traceparent = _continue_trace(own.get(b"traceparent"))
        given = own.get(b"x-request-id")
        self.request_id = (
            trace_id(self.traceparent).encode("ascii")
            if given is None or _REQUEST_ID.fullmatch(given) is None
            else given
        )
        self.trace_lines = b"traceparent: %b\r\nx-request-id: %b\r\n" % (
            self.traceparent.encode("ascii"),
            self.request_id,
        )
        lines.append(self.trace_lines)
        self.lines = lines

    def lines_for_parts(self) -> bytes:
        """Give what a composed request hands to each part: its trace, who reads and why."""
        told = (line for line in self.lines if line.startswith(_READER))
        return b"".join((self.trace_lines, *told))


def read_head(headers: Iterable[tuple[bytes, bytes]]) -> Head:
    """Sort a request's headers, names in lower case as ASGI gives them."""
    own: dict[bytes, bytes] = {}
    lines: list[bytes] = []
    for name, value in headers:
        if name in _ENDS_HERE:
            own[name] = value
        elif not name.startswith(_OURS):
            lines.append(b"%b: %b\r\n" % (name, value))
    connection = own.get(b"connection")
    if connection is not None and connection not in _USUAL_CONNECTIONS:
        lines = _without_nominated(lines, connection)
    return Head(own, lines)


def _continue_trace(given: bytes | None) -> str:
    """Go on with the client's trace in a span of our own, or begin one (W3C Trace Context)."""
    parent = None if given is None else read_traceparent(given.decode("latin-1"))
    return new_traceparent() if parent is None else child_traceparent(parent)


def _without_nominated(lines: list[bytes], connection: bytes) -> list[bytes]:
    """Drop the headers that `Connection` names: they were for this hop only."""
    nominated = {token.strip().lower() for token in connection.split(b",")}
    return [line for line in lines if line.partition(b":")[0] not in nominated]
