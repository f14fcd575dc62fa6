"""Customer claims that identity has not answered yet: encrypted, tried again, then deleted."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, text, update

from orders.domain.claiming import KeptClaim
from orders.domain.references import Fact
from orders.store.identity_tables import customer_claims

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_KEY_BYTES = 32
_NONCE_BYTES = 12
_LEASE = timedelta(minutes=1)


class ClaimUnreadable(Exception):
    """The claim was encrypted with a key that this process has not, or was altered."""


class ClaimCipher:
    """Encrypts claims with AES-256-GCM, each bound to the fact that it is about."""

    def __init__(self, key: str) -> None:
        """Take a key of 32 bytes in base64url."""
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        if len(raw) != _KEY_BYTES:
            message = "CARNET_ORDERS_CLAIM_KEY must be 32 bytes in base64url."
            raise ValueError(message)
        self._aead = AESGCM(raw)
        self.key_id = hashlib.sha256(raw).hexdigest()[:16]

    def seal(self, fact_id: UUID, claim: bytes) -> bytes:
        """Encrypt a claim: the nonce, then the ciphertext with its tag."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, claim, fact_id.bytes)

    def open(self, claim: SealedClaim) -> bytes:
        """Decrypt a claim; raises `ClaimUnreadable`."""
        return self.open_sealed(claim.fact_id, claim.sealed, key_id=claim.key_id)

    def open_sealed(self, fact_id: UUID, sealed: bytes, *, key_id: str) -> bytes:
        """Decrypt what `seal` gave; raises `ClaimUnreadable`."""
        if key_id != self.key_id:
            raise ClaimUnreadable
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._aead.decrypt(nonce, ciphertext, fact_id.bytes)
        except InvalidTag as error:
            raise ClaimUnreadable from error


@dataclass(frozen=True, slots=True)
class SealedClaim:
    """A claim as it is stored, with how often it was tried."""

    fact_id: UUID
    kind: Fact
    key_id: str
    sealed: bytes
    attempts: int


async def keep_claims(
    tx: Transaction,
    cipher: ClaimCipher,
    claims: Sequence[tuple[UUID, bytes]],
    *,
    kind: Fact,
    at: datetime,
) -> None:
    """Store the claims of facts, encrypted and due at once."""
    if not claims:
        return
    rows = [
        {
            "id": fact_id,
            "kind": kind,
            "key_id": cipher.key_id,
            "sealed": cipher.seal(fact_id, claim),
            "claimed_at": at,
            "attempts": 0,
            "next_try_at": at,
        }
        for fact_id, claim in claims
    ]
    await tx.execute(insert(customer_claims), rows)


async def lease_due_claims(tx: Transaction, *, now: datetime, limit: int) -> list[SealedClaim]:
    """Take claims that are due, so that nobody else tries them for a minute."""
    due = (
        select(customer_claims.c.id)
        .where(customer_claims.c.next_try_at <= now)
        .order_by(customer_claims.c.next_try_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(customer_claims)
        .where(customer_claims.c.id.in_(due.scalar_subquery()))
        .values(next_try_at=now + _LEASE, attempts=customer_claims.c.attempts + 1)
        .returning(customer_claims)
    )
    return [
        SealedClaim(row.id, Fact(row.kind), row.key_id, row.sealed, row.attempts)
        for row in await tx.execute(statement)
    ]


async def put_off(tx: Transaction, claim: SealedClaim, *, until: datetime, problem: str) -> None:
    """Note why a claim was not resolved and when to try again."""
    await tx.execute(
        update(customer_claims)
        .where(customer_claims.c.id == claim.fact_id)
        .values(next_try_at=until, problem=problem)
    )


async def end_claim(
    tx: Transaction, claim: SealedClaim, *, problem: str, fields: Sequence[str], at: datetime
) -> None:
    """Note that a claim is given up, and why."""
    await tx.execute(
        update(customer_claims)
        .where(customer_claims.c.id == claim.fact_id)
        .values(next_try_at=None, problem=problem, problem_fields=list(fields), ended_at=at)
    )


async def kept_claim(connection: AsyncConnection, fact_id: UUID) -> KeptClaim | None:
    """Give how a fact's claim stands, without what it says; None when there is none."""
    claims = customer_claims.c
    statement = select(
        claims.claimed_at,
        claims.attempts,
        claims.next_try_at,
        claims.ended_at,
        claims.problem,
        claims.problem_fields,
    ).where(claims.id == fact_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    return KeptClaim(
        claimed_at=row.claimed_at,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        ended_at=row.ended_at,
        reason=row.problem,
        fields=tuple(row.problem_fields),
    )


async def empty_given_up(tx: Transaction, *, before: datetime, limit: int) -> int:
    """Empty what given-up claims say, not why they were given up; gives of how many."""
    given_up = (
        select(customer_claims.c.id)
        .where(customer_claims.c.ended_at < before, text("sealed <> ''"))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = update(customer_claims).where(customer_claims.c.id.in_(given_up.scalar_subquery()))
    return (await tx.execute(statement.values(sealed=b""))).rowcount


async def forget_claim(tx: Transaction, fact_id: UUID) -> None:
    """Delete a claim that has served."""
    await tx.execute(delete(customer_claims).where(customer_claims.c.id == fact_id))
