"""The tables of what becomes of an order: kept at locations, amended, exchanged."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

line_allocations = Table(
    "line_allocations",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("allocated", BigInteger, nullable=False),
    Column("picked", BigInteger, nullable=False),
    CheckConstraint("allocated >= 0 AND picked >= 0", name="line_allocations_are_not_negative"),
    comment="What each location keeps of a line until it leaves: reserved, and picked.",
)

order_amendments = Table(
    "order_amendments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("order_version", BigInteger, nullable=False),
    Column("placed_at", _INSTANT, nullable=False),
    Column("amended_at", _INSTANT, nullable=False),
    Column("reason", Text),
    Column("cancelled", JSONB, nullable=False),
    Column("added", JSONB, nullable=False),
    Column("changed_delivery", Boolean, nullable=False),
    Column("changed_contact", Boolean, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Index("order_amendments_by_order", "order_id", "order_version"),
    comment="How an order was changed after it was placed; total_minor is what it then came to.",
)

exchanges = Table(
    "exchanges",
    METADATA,
    Column("return_id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("credit_minor", BigInteger, nullable=False),
    Column("exchanged_at", _INSTANT, nullable=False),
    Index("exchanges_by_order", "order_id"),
    comment="Which order was taken for goods that came back, and what of their refund pays for it.",
)
