"""The tables of the customer service; migrations create them, and a test compares the two.

Identifiers and search keys hang on source records, not on customers: a merge re-points the
source records alone, and what points to a record follows.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.tables import include_in

METADATA = MetaData()
include_in(METADATA)

_KEY = Text(collation="C")
_INSTANT = DateTime(timezone=True)

customers = Table(
    "customers",
    METADATA,
    Column("id", _KEY, primary_key=True),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("updated_at", _INSTANT, nullable=False),
    Column("retired_at", _INSTANT),
)

source_records = Table(
    "source_records",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", _KEY, nullable=False),
    Column("external_id", _KEY, nullable=False),
    Column("customer_id", _KEY, ForeignKey("customers.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("store", Text),
    Column("country", Text, nullable=False),
    Column("language", Text),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("raw", JSONB, nullable=False),
    Column("normalised", JSONB, nullable=False),
    Column("flags", JSONB, nullable=False),
    Column("matched_on", ARRAY(Text), nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("observed_at", _INSTANT, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("updated_at", _INSTANT, nullable=False),
    Index("source_records_by_external_id", "source", "external_id", unique=True),
    Index("source_records_by_customer", "customer_id", "observed_at", "id"),
)

identifiers = Table(
    "identifiers",
    METADATA,
    Column("kind", _KEY, primary_key=True),
    Column("value", _KEY, primary_key=True),
    Column(
        "source_record_id",
        Uuid,
        ForeignKey("source_records.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Index("identifiers_by_source_record", "source_record_id"),
)

search_keys = Table(
    "search_keys",
    METADATA,
    Column("kind", _KEY, primary_key=True),
    Column("key", _KEY, primary_key=True),
    Column(
        "source_record_id",
        Uuid,
        ForeignKey("source_records.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Index("search_keys_by_source_record", "source_record_id"),
)

judgements = Table(
    "judgements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("left_id", Uuid, ForeignKey("source_records.id", ondelete="CASCADE"), nullable=False),
    Column("right_id", Uuid, ForeignKey("source_records.id", ondelete="CASCADE"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("judge", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("judged_at", _INSTANT, nullable=False),
    CheckConstraint("left_id < right_id", name="judgements_pair_has_one_form"),
    Index(
        "judgements_by_rule_are_said_once",
        "left_id",
        "right_id",
        "verdict",
        unique=True,
        postgresql_where=text("judge = 'rule'"),
    ),
    Index("judgements_by_right", "right_id"),
)

merges = Table(
    "merges",
    METADATA,
    Column("retired_id", _KEY, ForeignKey("customers.id"), primary_key=True),
    Column("merged_at", _INSTANT, primary_key=True),
    Column("survivor_id", _KEY, ForeignKey("customers.id"), nullable=False),
    Column("source_record_ids", ARRAY(Uuid), nullable=False),
    Column("cause_id", Uuid, ForeignKey("source_records.id"), nullable=False),
    Index("merges_by_survivor", "survivor_id"),
    comment="History: which records a retired customer had, and the record that joined them.",
)

customer_aliases = Table(
    "customer_aliases",
    METADATA,
    Column("retired_id", _KEY, ForeignKey("customers.id"), primary_key=True),
    Column("survivor_id", _KEY, ForeignKey("customers.id"), nullable=False),
    Column("retired_at", _INSTANT, nullable=False),
    Index("customer_aliases_by_survivor", "survivor_id"),
    comment="Present state: where each retired id leads, in one step.",
)
