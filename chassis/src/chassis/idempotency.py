"""The Idempotency-Key promise: the first answer is replayed, in the use case's own transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Header, Request, Response
from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert, select

from chassis.canonical import body_hash
from chassis.errors import Conflict, FieldProblem, Invalid
from chassis.tables import idempotency

if TYPE_CHECKING:
    from chassis.database import Transaction
    from chassis.principal import Principal

T = TypeVar("T")

KEPT = timedelta(hours=48)
REPLAYED_HEADER = "Idempotent-Replayed"


class KeyReused(Invalid):
    """The key came before with another request."""

    slug = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"


class RequestInProgress(Conflict):
    """The first request with this key has not been answered yet."""

    slug = "request-in-progress"
    title = "The first request with this Idempotency-Key is still running"


@dataclass(frozen=True, slots=True)
class _Key:
    client_id: str
    key: str
    request_hash: bytes


class Once(Generic[T]):
    """Gives a use case its own earlier answer when the same request comes again.

    The use case calls `earlier` first and `keep` last, inside its unit of work; without an
    Idempotency-Key both do nothing. Answers are dataclasses or models that pydantic can write
    to JSON and read back.
    """

    def __init__(
        self, answer: type[T], key: _Key | None = None, reply: Response | None = None
    ) -> None:
        """Use `once_of` in a router; `Once(Answer)` is for calls without a key."""
        self._adapter = _adapter_of(answer)
        self._key = key
        self._reply = reply

    async def earlier(self, tx: Transaction) -> T | None:
        """Give the first answer to the same request, if there is one.

        Raises `KeyReused` when the key came with another request, `RequestInProgress` when the
        first one is still running.
        """
        if self._key is None:
            return None
        if not await tx.scalar(select(func.pg_try_advisory_xact_lock(_lock_key(self._key)))):
            message = "Send the request again after a moment to get its answer."
            raise RequestInProgress(message, retry_after_seconds=1)
        row = (
            await tx.execute(
                select(idempotency.c.request_hash, idempotency.c.answer).where(
                    idempotency.c.client_id == self._key.client_id,
                    idempotency.c.key == self._key.key,
                )
            )
        ).one_or_none()
        if row is None:
            return None
        if row.request_hash != self._key.request_hash:
            mend = "Use a new key for a new request, or send the first request unchanged."
            field = FieldProblem("Idempotency-Key", "was used for another request", mend)
            raise KeyReused(mend, fields=[field])
        if self._reply is not None:
            self._reply.headers[REPLAYED_HEADER] = "true"
        return self._adapter.validate_json(orjson.dumps(row.answer))

    async def keep(self, tx: Transaction, answer: T) -> T:
        """Remember the answer beside its effect, and give it back."""
        if self._key is not None:
            await tx.execute(
                insert(idempotency).values(
                    client_id=self._key.client_id,
                    key=self._key.key,
                    request_hash=self._key.request_hash,
                    answer=self._adapter.dump_python(answer, mode="json"),
                )
            )
        return answer


def once_of(answer: type[T]) -> Any:
    """Depend on `Once` for a use case's answer.

    Written `once: Annotated[Once[Complaint], once_of(Complaint)]`.
    """

    async def dependency(
        request: Request,
        response: Response,
        key: Annotated[
            str | None,
            Header(
                alias="Idempotency-Key",
                min_length=1,
                max_length=255,
                description="The same key and body within 48 hours replays the first answer.",
            ),
        ] = None,
    ) -> Once[T]:
        if key is None:
            return Once(answer)
        principal: Principal = request.state.principal
        digest = body_hash(request.method, request.url.path, body=await request.body())
        return Once(answer, _Key(principal.client_id, key, digest), response)

    return Depends(dependency)


async def forget_old(tx: Transaction) -> int:
    """Delete answers that are older than promised; gives their number."""
    result = await tx.execute(
        delete(idempotency).where(idempotency.c.answered_at < func.now() - KEPT)
    )
    return result.rowcount


@cache
def _adapter_of(answer: type[T]) -> TypeAdapter[T]:
    """Make the adapter once: that takes longer than a whole request."""
    return TypeAdapter[T](answer)


def _lock_key(key: _Key) -> int:
    digest = hashlib.blake2b(f"{key.client_id}\0{key.key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
