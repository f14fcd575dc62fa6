"""The table of what happened to orders' money."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

order_payments = Table(
    "order_payments",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("authorisation", Text),
    Index("order_payments_by_reference", "order_id", "kind", "reference", unique=True),
    CheckConstraint("amount_minor > 0", name="order_payments_amount_is_positive"),
    postgresql_partition_by="RANGE (order_id)",
    comment="Append only: what providers told of money, by their tokens; never a card number.",
)
