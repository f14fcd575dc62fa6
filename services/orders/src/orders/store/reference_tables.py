"""The tables of external references: taken for ever, and what came again under one of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

order_references = Table(
    "order_references",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("external_ref", Text, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("idempotency_key", Text),
    Column("customer_id", Text),
    Column("source_record_id", Uuid),
    Column("customer_is_pending", Boolean, nullable=False),
    Index(
        "order_references_by_key",
        "client_id",
        "idempotency_key",
        unique=True,
        postgresql_where=text("idempotency_key IS NOT NULL"),
    ),
    comment="External references, unique per source for ever, and what the first answer said.",
)

reused_references = Table(
    "reused_references",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("first_id", Uuid, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("first_received_at", _INSTANT, nullable=False),
    Column("last_received_at", _INSTANT, nullable=False),
    Index(
        "reused_references_by_body",
        "kind",
        "source",
        "external_ref",
        "body_hash",
        unique=True,
    ),
    comment="For review: bodies that came under a used reference, without personal data.",
)
