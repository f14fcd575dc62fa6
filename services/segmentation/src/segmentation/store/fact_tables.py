"""The tables of what other services told, and of the forms that it was told in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from segmentation.store.schema import CustomerId, metadata

_HAS_RECORD = text("source_record_id IS NOT NULL")

order_facts = Table(
    "order_facts",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("brand", Text),
    Column("country", Text),
    Column("currency", Text),
    Column("total_minor", BigInteger),
    Column("placed_at", DateTime(timezone=True)),
    Column("placed_on", Date),
    Column("cancelled_minor", BigInteger),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("amended_total_minor", BigInteger),
    Column("amended_sequence", BigInteger),
    Index(
        "order_facts_by_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
    ),
    Index("order_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    comment="What was told of each order; without placed_at it was only mentioned so far.",
)

return_facts = Table(
    "return_facts",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    Column("order_id", Uuid),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("currency", Text, nullable=False),
    Column("refund_minor", BigInteger, nullable=False),
    Column("returned_at", DateTime(timezone=True), nullable=False),
    Index(
        "return_facts_by_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
    ),
    Index("return_facts_by_order", "order_id", postgresql_where=text("customer_id IS NULL")),
    Index("return_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    comment="What was told of each return; its own customer comes before the order's.",
)

complaint_facts = Table(
    "complaint_facts",
    metadata,
    Column("complaint_id", Uuid, primary_key=True),
    Column("order_id", Uuid),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("filed_at", DateTime(timezone=True)),
    Column("is_open", Boolean, nullable=False),
    Column("state_sequence", BigInteger, nullable=False),
    Index(
        "complaint_facts_by_customer",
        "customer_id",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
    Index("complaint_facts_by_order", "order_id", postgresql_where=text("customer_id IS NULL")),
    Index("complaint_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    comment="What was told of each complaint; it counts once filed_at is known.",
)

attribute_facts = Table(
    "attribute_facts",
    metadata,
    Column("value_id", Uuid, primary_key=True),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("attribute", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("value", JSONB),
    Column("observed_at", DateTime(timezone=True), nullable=False),
    Column("valid_until", DateTime(timezone=True)),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    Index(
        "attribute_facts_by_customer",
        "customer_id",
        "attribute",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
    Index("attribute_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    Index("attribute_facts_by_attribute", "attribute", "customer_id"),
    Index(
        "attribute_facts_by_end", "valid_until", postgresql_where=text("valid_until IS NOT NULL")
    ),
    comment="What customers declared, by value; what was taken back or erased has no value.",
)

attribute_forms = Table(
    "attribute_forms",
    metadata,
    Column("attribute", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("choices", ARRAY(Text), nullable=False),
    Column("is_yearly", Boolean, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    comment="In which form each attribute is declared, as it was told last.",
)

interaction_facts = Table(
    "interaction_facts",
    metadata,
    Column("interaction_id", Uuid, primary_key=True),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("channel", Text, nullable=False),
    Column("begun_by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Index(
        "interaction_facts_by_customer",
        "customer_id",
        "at",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
    Index("interaction_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    Index("interaction_facts_by_time", "at"),
    comment="How customers and the house were in touch; no word of it.",
)
