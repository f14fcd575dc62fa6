"""One request to a part of the suite, ready to be written to a connection."""

from __future__ import annotations

from dataclasses import dataclass

_SAFE_TO_REPEAT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE"))


@dataclass(slots=True)
class Call:
    """A request: `target` is the raw path with its query, `lines` header lines each ending in CRLF.

    `lines` holds neither `host`, which the pool knows, nor `content-length`, which the body gives.
    Not frozen, because one is made for every request and freezing doubles its cost.
    """

    method: bytes
    target: bytes
    lines: bytes
    body: bytes = b""
    is_keyed: bool = False

    def may_repeat(self) -> bool:
        """Whether sending it twice has the effect of sending it once (RFC 9110 §9.2.2)."""
        return self.is_keyed or self.method in _SAFE_TO_REPEAT

    def written(self, host_line: bytes) -> bytes:
        """Give the bytes to send."""
        method, body = self.method, self.body
        if not body and method not in _HAVE_CONTENT:
            return b"%b %b HTTP/1.1\r\n%b%b\r\n" % (method, self.target, host_line, self.lines)
        return b"%b %b HTTP/1.1\r\n%b%bcontent-length: %d\r\n\r\n%b" % (
            method,
            self.target,
            host_line,
            self.lines,
            len(body),
            body,
        )


_HAVE_CONTENT = frozenset((b"POST", b"PUT", b"PATCH"))
