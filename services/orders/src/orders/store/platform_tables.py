"""The tables of what shop platforms deliver, and of the doors at which they do."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

platform_deliveries = Table(
    "platform_deliveries",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("delivery_id", Text),
    Column("topic", Text),
    Column("body_hash", LargeBinary, nullable=False),
    Column("payload", LargeBinary),
    Column("shop", JSONB, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("purview", JSONB, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("leased_until", _INSTANT),
    Column("read_at", _INSTANT),
    Column("placed", Integer),
    Column("known", Integer),
    Column("order_ids", ARRAY(Uuid), nullable=False),
    Column("problems", JSONB, nullable=False),
    Index("platform_deliveries_by_body", "platform", "source", "body_hash", unique=True),
    Index("platform_deliveries_to_read", "received_at", postgresql_where=text("read_at IS NULL")),
    Index("platform_deliveries_by_order", "order_ids", postgresql_using="gin"),
    Index(
        "platform_deliveries_with_problems",
        "received_at",
        "id",
        postgresql_where=text("problems <> '[]'::jsonb"),
    ),
    comment="What shop platforms sent; the payload is emptied some time after it was read.",
)

platform_facts = Table(
    "platform_facts",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("applied_at", _INSTANT, nullable=False),
    comment="What platforms told of orders by references of their own, applied once for ever.",
)

webhook_endpoints = Table(
    "webhook_endpoints",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("takes", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("shop", JSONB),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("purview", JSONB, nullable=False),
    Column("registered_at", _INSTANT, nullable=False),
    comment="Where platforms send without a key: whose signature is checked, for whom they send.",
)
