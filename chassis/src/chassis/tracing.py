"""The W3C trace context that a request carries through HTTP, outbox, bus and logs."""

from __future__ import annotations

import os
import re
import secrets
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def new_traceparent() -> str:
    """Begin a trace: version 00, random trace and span ids, sampled."""
    drawn = os.urandom(24).hex()
    return f"00-{drawn[:32]}-{drawn[32:]}-01"


def read_traceparent(text: str | None) -> str | None:
    """Give the header back when it is a well-formed `traceparent`, else None (W3C §3.2)."""
    return text if text is not None and _TRACEPARENT.match(text) else None


def child_traceparent(parent: str) -> str:
    """Name a new span within the parent's trace."""
    return f"{parent[:36]}{secrets.token_hex(8)}{parent[52:]}"


def trace_id(traceparent: str) -> str:
    """Give the 32 hexadecimal digits of the trace."""
    return traceparent[3:35]


def continue_trace(traceparent: str | None) -> None:
    """Make what follows in this task part of the given trace, or of none."""
    _current.set(traceparent)


def current_traceparent() -> str | None:
    """Give the trace context of this task, if it has one."""
    return _current.get()
