"""The book: customers, what sources told of them, and what joins the two.

Identifiers and search keys hang on source records, not on customers: a merge re-points the
source records alone, and what points to a record follows.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

customers = Table(
    "customers",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("retired_at", INSTANT),
)

source_records = Table(
    "source_records",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", KEY, nullable=False),
    Column("external_id", KEY, nullable=False),
    Column("customer_id", KEY, ForeignKey("customers.id"), nullable=False),
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
    Column("observed_at", INSTANT, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Index("source_records_by_external_id", "source", "external_id", unique=True),
    Index("source_records_by_customer", "customer_id", "observed_at", "id"),
    Index(
        "source_records_by_referrer",
        text("(normalised ->> 'referred_by')"),
        "id",
        postgresql_where=text("(normalised ->> 'referred_by') IS NOT NULL"),
    ),
)

identifiers = Table(
    "identifiers",
    METADATA,
    Column("kind", KEY, primary_key=True),
    Column("value", KEY, primary_key=True),
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
    Column("kind", KEY, primary_key=True),
    Column("key", KEY, primary_key=True),
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
    Column("judged_at", INSTANT, nullable=False),
    CheckConstraint("left_id < right_id", name="judgements_pair_has_one_form"),
    Index(
        "judgements_by_machine_are_said_once",
        "left_id",
        "right_id",
        "verdict",
        "judge",
        unique=True,
        postgresql_where=text("judge IN ('rule', 'model')"),
    ),
    Index("judgements_by_left", "left_id"),
    Index("judgements_by_right", "right_id"),
)

merges = Table(
    "merges",
    METADATA,
    Column("retired_id", KEY, ForeignKey("customers.id"), primary_key=True),
    Column("merged_at", INSTANT, primary_key=True),
    Column("survivor_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("source_record_ids", ARRAY(Uuid), nullable=False),
    Column("cause_id", Uuid, ForeignKey("source_records.id"), nullable=False),
    Index("merges_by_survivor", "survivor_id"),
    Index("merges_by_cause", "cause_id"),
    comment="History: which records a retired customer had, and the record that joined them.",
)

customer_aliases = Table(
    "customer_aliases",
    METADATA,
    Column("retired_id", KEY, ForeignKey("customers.id"), primary_key=True),
    Column("survivor_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("retired_at", INSTANT, nullable=False),
    Index("customer_aliases_by_survivor", "survivor_id"),
    comment="Present state: where each retired id leads, in one step.",
)
