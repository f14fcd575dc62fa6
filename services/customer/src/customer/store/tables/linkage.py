"""What linkage compares of each record, the keys under which it is found, and the models."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

record_traits = Table(
    "record_traits",
    METADATA,
    Column(
        "source_record_id",
        Uuid,
        ForeignKey("source_records.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("traits", Text, nullable=False),
    Column("keys", ARRAY(BigInteger), nullable=False),
    comment="What is compared of a record, and the blocking keys that it is entered under.",
)

blocking_keys = Table(
    "blocking_keys",
    METADATA,
    Column("key", BigInteger, primary_key=True),
    Column("source_record_id", Uuid, primary_key=True),
    comment="Of record_traits.keys, the other way round; without a foreign key, for it is hot.",
)

identity_models = Table(
    "identity_models",
    METADATA,
    Column("version", KEY, primary_key=True),
    Column("fitted_at", INSTANT, nullable=False),
    Column("fitted_on", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("active", Boolean, nullable=False),
    Index("identity_models_one_is_active", "active", unique=True, postgresql_where=text("active")),
)

blocked_identifiers = Table(
    "blocked_identifiers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", KEY, nullable=False),
    Column("value", KEY, nullable=False),
    Column("reason", Text, nullable=False),
    Column("blocked_by", Text, nullable=False),
    Column("blocked_at", INSTANT, nullable=False),
    Index("blocked_identifiers_by_value", "kind", "value", unique=True),
    comment="Values that identify nobody, such as a shop's own phone.",
)
