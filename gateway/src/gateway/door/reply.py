"""Answering the client: a part's answer passed on, or a problem document."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Message, Scope, Send

from chassis.errors import Refusal
from chassis.logs import get_logger
from chassis.problems import problem_response
from gateway.domain.parts import Part
from gateway.domain.token_bucket import Quota, TokenBucket
from gateway.door.refusals import ClientLeft
from gateway.upstream.answer import Answer
from gateway.upstream.connection import ConnectionBroke
from gateway.upstream.refusals import PartOutOfReach

_SLOW_READER_SECONDS = 60.0
_WITHOUT_LENGTH = frozenset((204, 304))

log = get_logger()


class Reply:
    """One request's way back; `extra` are headers that every answer to it carries."""

    __slots__ = ("_scope", "_send", "extra", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        """Answer the request of `scope` through `send`."""
        self._scope = scope
        self._send = send
        self.extra: list[tuple[bytes, bytes]] = []
        self.status = 0

    def tell_quota(self, policy: bytes, bucket: TokenBucket) -> None:
        """Say what is left (draft-ietf-httpapi-ratelimit-headers-11)."""
        left = b'"default";r=%d;t=%d' % (bucket.left, bucket.full_in_seconds)
        self.extra.append((b"ratelimit-policy", policy))
        self.extra.append((b"ratelimit", left))

    async def send(self, message: Message) -> None:
        """Send a message of an inner application, with the extra headers added."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self.extra]
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a problem document, unless an answer has begun."""
        part = refusal.blamed if isinstance(refusal, PartOutOfReach) else Part.GATEWAY
        await self.answer(problem_response(refusal, part=part))

    async def answer(self, response: Response) -> None:
        """Answer with what the gateway itself wrote, unless an answer has begun."""
        if self.status == 0:
            await response(self._scope, _nothing, self.send)

    async def pass_on(self, answer: Answer, *, idle_seconds: float) -> None:
        """Pass on a part's answer, whole when it is here, else piece by piece as it comes.

        An answer that breaks off is broken off here too: the client must not take it for whole.
        """
        self.status = answer.status
        headers = answer.headers
        headers.extend(self.extra)
        whole = answer.taken() if answer.is_complete else None
        length = answer.length if whole is None or answer.has_no_body else len(whole)
        if length is not None and answer.status not in _WITHOUT_LENGTH:
            headers.append((b"content-length", b"%d" % length))
        await self._send(
            {"type": "http.response.start", "status": answer.status, "headers": headers}
        )
        if whole is None:
            await self._stream(answer, idle_seconds)
        else:
            await self._send({"type": "http.response.body", "body": whole})

    async def _stream(self, answer: Answer, idle_seconds: float) -> None:
        try:
            async with aclosing(answer.pieces(idle_seconds=idle_seconds)) as pieces:
                async for piece in pieces:
                    async with asyncio.timeout(_SLOW_READER_SECONDS):
                        await self._send(
                            {"type": "http.response.body", "body": piece, "more_body": True}
                        )
            await self._send({"type": "http.response.body", "body": b""})
        except (TimeoutError, ConnectionBroke) as error:
            log.warning("answer.broke", cause=type(error).__name__)
            raise ClientLeft from error
        finally:
            answer.abandon()


def policy_of(quota: Quota) -> bytes:
    """Write a quota as `RateLimit-Policy` says it."""
    return b'"default";q=%d;w=%d' % (quota.requests, quota.window_seconds)


async def _nothing() -> Message:
    """Give no more of a request that has been read."""
    await asyncio.sleep(0)
    return {"type": "http.disconnect"}
