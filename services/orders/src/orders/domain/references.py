"""External references: unique per source for ever, so that a request that comes again is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import FieldProblem, Invalid


class Fact(StrEnum):
    """What came under a reference of its own."""

    ORDER = "order"
    RETURN = "return"


class OrderReferenceReused(Invalid):
    slug = "order-reference-reused"
    title = "The external reference was used for another order"


class ReturnReferenceReused(Invalid):
    slug = "return-reference-reused"
    title = "The external reference was used for another return"


@dataclass(frozen=True, slots=True)
class Request:
    """The request a fact came by: who sent it, when, and what makes a repetition known."""

    client_id: str
    received_at: datetime
    body: bytes
    body_hash: bytes
    idempotency_key: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class ReusedReference:
    """For review: what came under a used reference, and how often; without personal data."""

    id: UUID
    kind: Fact
    source: str
    external_ref: str
    first_id: UUID
    client_id: str
    body: dict[str, Any]
    times: int
    first_received_at: datetime
    last_received_at: datetime


def reused(kind: Fact, *, source: str, external_ref: str) -> Invalid:
    """Make the refusal of a reference that came before with another body."""
    refusal = OrderReferenceReused if kind is Fact.ORDER else ReturnReferenceReused
    problem = f"{external_ref} of {source} came before with another body"
    mend = f"Send the first body unchanged, or give this {kind} a reference of its own."
    kept = "What it brought is kept for review."
    return refusal(
        f"The reference {problem}. {mend} {kept}",
        fields=[FieldProblem("external_ref", problem, mend)],
    )
