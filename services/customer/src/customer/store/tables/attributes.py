"""What customers declared, and the house's catalogue of what may be declared."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

attribute_definitions = Table(
    "attribute_definitions",
    METADATA,
    Column("name", KEY, primary_key=True),
    Column("type", Text, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("actor", Text),
    Column("updated_at", INSTANT, nullable=False),
    comment="The house's own definitions, and those that replace one that is shipped.",
)

attribute_values = Table(
    "attribute_values",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("name", KEY, nullable=False),
    Column("told_customer_id", KEY, ForeignKey("customers.id")),
    Column("source_record_id", Uuid, ForeignKey("source_records.id", ondelete="CASCADE")),
    Column("value", JSONB, nullable=False),
    Column("source", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("observed_at", INSTANT, nullable=False),
    Column("valid_until", INSTANT),
    Column("received_at", INSTANT, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("actor", Text),
    CheckConstraint(
        "num_nonnulls(told_customer_id, source_record_id) = 1",
        name="attribute_values_are_told_of_one",
    ),
    Index("attribute_values_by_told_customer", "told_customer_id", "name"),
    Index("attribute_values_by_source_record", "source_record_id", "name"),
    Index("attribute_values_by_name", "name"),
    comment="History: the value observed last wins, and is found when read.",
)
