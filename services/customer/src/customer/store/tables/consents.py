"""What customers agreed to, with its proof, and who may read and who read what.

A consent hangs on the source record that told it, or on the customer id it was told with: neither
changes with a merge, so that an unmerge gives each its own.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from customer.store.tables.schema import INSTANT, KEY, METADATA

consent_texts = Table(
    "consent_texts",
    METADATA,
    Column("purpose", KEY, primary_key=True),
    Column("version", KEY, primary_key=True),
    Column("language", KEY, primary_key=True),
    Column("words", Text, nullable=False),
    Column("written_at", INSTANT, nullable=False),
    comment="The words that were shown; they never change once a consent names their version.",
)

consents = Table(
    "consents",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source_record_id", Uuid, ForeignKey("source_records.id", ondelete="CASCADE")),
    Column("told_customer_id", KEY, ForeignKey("customers.id")),
    Column("purpose", KEY, nullable=False),
    Column("channel", Text),
    Column("decision", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("text_version", KEY),
    Column("text_language", KEY),
    Column("source", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("proof_how", Text),
    Column("proof_reference", Text),
    Column("decided_at", INSTANT, nullable=False),
    Column("valid_until", INSTANT),
    Column("recorded_at", INSTANT, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_for", Text),
    CheckConstraint(
        "(source_record_id IS NULL) <> (told_customer_id IS NULL)",
        name="consents_have_one_holder",
    ),
    Index(
        "consents_by_source_record",
        "source_record_id",
        postgresql_where=text("source_record_id IS NOT NULL"),
    ),
    Index(
        "consents_by_told_customer",
        "told_customer_id",
        postgresql_where=text("told_customer_id IS NOT NULL"),
    ),
    Index(
        "consents_by_text",
        "purpose",
        "text_version",
        postgresql_where=text("text_version IS NOT NULL"),
    ),
    comment="Every decision as it was told; rows are added and never changed.",
)

suppressions = Table(
    "suppressions",
    METADATA,
    Column("kind", KEY, primary_key=True),
    Column("address_hash", LargeBinary, primary_key=True),
    Column("purpose", KEY, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("suppressed_at", INSTANT, nullable=False),
    comment="Keyed hashes of addresses that nobody may write to; they outlive an erasure.",
)

client_regions = Table(
    "client_regions",
    METADATA,
    Column("client_id", KEY, primary_key=True),
    Column("region", KEY, nullable=False),
    Column("role", KEY, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
)

region_policies = Table(
    "region_policies",
    METADATA,
    Column("home_region", KEY, primary_key=True),
    Column("reader_region", KEY, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("reference", Text),
    Column("valid_until", Date),
    Column("updated_at", INSTANT, nullable=False),
)

field_policies = Table(
    "field_policies",
    METADATA,
    Column("role", KEY, primary_key=True),
    Column("home_region", KEY, primary_key=True),
    Column("reach", KEY, primary_key=True),
    Column("field", KEY, primary_key=True),
    Column("access", Text, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    comment="Role, region and field: who may see what; the field * stands for all others.",
)

customer_reads = Table(
    "customer_reads",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("customer_id", KEY),
    Column("client_id", Text, nullable=False),
    Column("person", Text),
    Column("what", Text, nullable=False),
    Column("purpose", Text),
    Column("times", Integer, nullable=False),
    Column("read_at", INSTANT, nullable=False),
    Index("customer_reads_by_customer", "customer_id", "id"),
    Index("customer_reads_by_age", "read_at"),
    comment="Who read whom, or many at once; forgotten when their retention rule says so.",
)

retention_rules = Table(
    "retention_rules",
    METADATA,
    Column("what", KEY, primary_key=True),
    Column("after_days", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("applied_at", INSTANT),
    Column("applied_count", BigInteger, nullable=False),
)
