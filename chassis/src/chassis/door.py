"""What every request to a service passes first: trace, limits, the gateway's word for callers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from chassis.errors import FieldProblem, Refusal, TooLarge, UnsupportedMediaType
from chassis.logs import get_logger
from chassis.metrics import REQUEST_SECONDS
from chassis.principal import HEADER, PrincipalNotVouchedFor, PrincipalVerifier
from chassis.problems import problem_response
from chassis.tracing import continue_trace, new_traceparent, read_traceparent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANYTHING = "*/*"
"""Stands for every media type."""

MAXIMUM_BODY_BYTES = 1 << 20
OPEN_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
_JSON = "application/json"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})

log = get_logger()


class Door:
    """An ASGI middleware: continues the trace, bounds and checks the body, verifies the caller.

    The principal is left in `request.state.principal`. Bodies are read here, whole and bounded,
    so that no handler ever sees half of one.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        verifier: PrincipalVerifier,
        part: str,
        media_types: Mapping[str, str] | None = None,
    ) -> None:
        """Guard `app`; `part` is the service's name in problem documents.

        `media_types` names, for a path, what it reads besides JSON; one that ends in a slash stands
        for every path right below it.
        """
        self._app = app
        self._verifier = verifier
        self._part = part
        self._media_types = media_types or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = Headers(scope=scope)
        continue_trace(read_traceparent(headers.get("traceparent")) or new_traceparent())
        try:
            await self._pass(scope, headers, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path", "unrouted")
            seconds = time.perf_counter() - started
            REQUEST_SECONDS.labels(scope["method"], route, str(status)).observe(seconds)
            log.debug("request.answered", method=scope["method"], route=route, status=status)

    async def _pass(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        try:
            token = headers.get(HEADER)
            if token is None:
                raise PrincipalNotVouchedFor
            scope.setdefault("state", {})["principal"] = self._verifier.verify(token)
            if scope["method"] in _WITH_BODY:
                body = await read_bounded(receive, headers.get("content-length"))
                path: str = scope["path"]
                above = path.rpartition("/")[0] + "/"
                other = self._media_types.get(path) or self._media_types.get(above)
                check_media_type(headers.get("content-type"), body, other=other)
                receive = _replay(body, receive)
        except Refusal as refusal:
            await problem_response(refusal, part=self._part)(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def read_bounded(receive: Receive, content_length: str | None) -> bytes:
    """Read a whole request body; raises `TooLarge` as soon as it is too large."""
    if content_length is not None and int(content_length) > MAXIMUM_BODY_BYTES:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > MAXIMUM_BODY_BYTES:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def media_type_of(content_type: str | None) -> str:
    """Give a Content-Type without its parameters, in small letters; empty when there is none."""
    return (content_type or "").partition(";")[0].strip().lower()


def check_media_type(content_type: str | None, body: bytes, *, other: str | None = None) -> None:
    """Raise `UnsupportedMediaType` for a body that is declared neither as JSON nor as `other`.

    Where `other` is `ANYTHING`, the body is kept as it came, whatever it is said to be.
    """
    if not body or other == ANYTHING:
        return
    declared = media_type_of(content_type)
    if declared not in {_JSON, other}:
        instead = "" if other is None else f", or `{other}`"
        mend = f"Send JSON with `Content-Type: {_JSON}`{instead}."
        field = FieldProblem("Content-Type", f"is {declared or 'missing'}", mend)
        raise UnsupportedMediaType(mend, fields=[field])


def _too_large() -> TooLarge:
    mend = f"Send at most {MAXIMUM_BODY_BYTES} bytes; split the request."
    return TooLarge(mend, fields=[FieldProblem("body", "is too large", mend)])


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
