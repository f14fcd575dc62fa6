"""The ASGI callable that every request passes: known, within its quota, bounded, forwarded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import Refusal
from chassis.logs import get_logger
from chassis.principal import Principal, PrincipalSigner
from chassis.problems import MEDIA_TYPE as PROBLEM_MEDIA_TYPE
from chassis.tracing import continue_trace
from gateway.domain.facts_of_customers import customers_asked_about
from gateway.domain.parts import Part, is_followed, is_public, is_webhook, part_of
from gateway.domain.token_bucket import Quota, TokenBucket
from gateway.door.body import read_body
from gateway.door.head import Head, read_head
from gateway.door.key_ring import KeyRing
from gateway.door.measure import OPEN_REQUESTS, observe
from gateway.door.refusals import ClientLeft, GatewayFailed, TooBusy, TooManyRequests, key_not_known
from gateway.door.reply import Reply, policy_of
from gateway.door.visitors import PUBLIC, Visitors
from gateway.door.watch import Watch
from gateway.upstream.call import Call
from gateway.upstream.opener import CustomerClosed, CustomerOpener
from gateway.upstream.pool import Pool
from gateway.use_cases.resolve_claim import ClaimRefused, ClaimResolver, SaleNotTaken

CLIENT_CLOSED = 499
"""How a request is counted whose client left before the answer."""

log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntranceLimits:
    """What the door allows."""

    quota: Quota
    public_quota: Quota
    webhook_quota: Quota
    open_requests: int
    answer_seconds: float


class Entrance:
    """Serves what belongs to a part by forwarding it, and leaves the rest to the inner app."""

    def __init__(
        self,
        *,
        inner: ASGIApp,
        pools: Mapping[Part, Pool],
        streams: Pool,
        key_ring: KeyRing,
        signer: PrincipalSigner,
        claims: ClaimResolver,
        opener: CustomerOpener,
        limits: EntranceLimits,
    ) -> None:
        """Join the parts of the door; `inner` is the FastAPI application.

        Answers that are followed go through `streams`, so that they keep no connection from others.
        """
        self._inner = inner
        self._pools = pools
        self._streams = streams
        self._key_ring = key_ring
        self._signer = signer
        self._claims = claims
        self._opener = opener
        self._limits = limits
        self._policy = policy_of(limits.quota)
        self._public_policy = policy_of(limits.public_quota)
        self._visitors = Visitors(limits.public_quota)
        self._webhook_policy = policy_of(limits.webhook_quota)
        self._senders = Visitors(limits.webhook_quota)
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the application's life."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        part = part_of(scope["path"])
        if part is None:
            await self._inner(scope, receive, send)
            return
        began = time.perf_counter()
        reply = Reply(scope, send)
        self._open += 1
        OPEN_REQUESTS.inc()
        try:
            await self._serve(part, scope, receive, reply)
        except Refusal as refusal:
            await reply.refuse(refusal)
        except (ClaimRefused, CustomerClosed) as refused:
            await reply.answer(
                Response(refused.document, refused.status, media_type=PROBLEM_MEDIA_TYPE)
            )
        except ClientLeft:
            reply.status = CLIENT_CLOSED
        except Exception:  # the outermost frame: the client gets a problem document, the log why
            log.exception("request.failed", part=part)
            await reply.refuse(GatewayFailed())
        finally:
            self._open -= 1
            OPEN_REQUESTS.dec()
            observe(scope["method"], part, reply.status, time.perf_counter() - began)

    async def _serve(self, part: Part, scope: Scope, receive: Receive, reply: Reply) -> None:
        head = read_head(scope["headers"])
        continue_trace(head.traceparent)
        reply.extra.append((b"x-request-id", head.request_id))
        if self._open > self._limits.open_requests:
            raise TooBusy("Send the request again soon.", retry_after_seconds=1)
        principal = await self._admit(scope, head, reply)
        if part is Part.GATEWAY:
            scope["state"] |= {
                "principal": principal,
                "trace_lines": head.lines_for_parts(),
            }
            await self._inner(scope, receive, reply.send)
            return
        body = await read_body(receive, head) if head.has_body else b""
        with Watch(receive):
            await self._forward(part, scope, principal, head, body, reply)

    async def _admit(self, scope: Scope, head: Head, reply: Reply) -> Principal:
        """Find out who calls, and take one request from their quota."""
        if is_public(scope["path"]):
            address = scope["client"][0] if scope["client"] else ""
            is_sender = is_webhook(scope["path"])
            visitors = self._senders if is_sender else self._visitors
            policy = self._webhook_policy if is_sender else self._public_policy
            self._charge(visitors.bucket(address, time.monotonic()), policy, reply)
            return PUBLIC
        if head.key is None:
            raise key_not_known()
        caller = self._key_ring.find(head.key) or await self._key_ring.find_new(head.key)
        self._charge(caller.bucket, self._policy, reply)
        return caller.principal

    def _charge(self, bucket: TokenBucket, policy: bytes, reply: Reply) -> None:
        has_token = bucket.take(time.monotonic())
        reply.tell_quota(policy, bucket)
        if not has_token:
            raise TooManyRequests(
                "Wait as long as Retry-After says.", retry_after_seconds=bucket.next_in_seconds
            )

    async def _forward(
        self, part: Part, scope: Scope, principal: Principal, head: Head, body: bytes, reply: Reply
    ) -> None:
        query = scope["query_string"]
        if not principal.purview.is_whole:
            kind, asked = customers_asked_about(scope["method"], scope["path"], query)
            for customer_id in asked:
                principal = await self._opener.open(
                    principal, customer_id, kind, trace_lines=head.trace_lines
                )
        lines = head.lines
        lines.append(b"carnet-principal: %b\r\n" % self._signer.sign(principal).encode("ascii"))
        call = Call(
            method=scope["method"].encode("ascii"),
            target=b"%b?%b" % (scope["raw_path"], query) if query else scope["raw_path"],
            lines=b"".join(lines),
            body=body,
            is_keyed=head.idempotency_key is not None,
        )
        pool = self._streams if is_followed(scope["path"]) else self._pools[part]
        try:
            if body and scope["method"] == "POST":
                call.lines += await self._claims.resolve(
                    scope["path"],
                    principal,
                    call,
                    part=pool,
                    idempotency_key=head.idempotency_key,
                    trace_lines=head.trace_lines,
                )
            answer = await pool.exchange(call)
        except SaleNotTaken as refused:
            answer = refused.answer
        await reply.pass_on(answer, idle_seconds=self._limits.answer_seconds)
