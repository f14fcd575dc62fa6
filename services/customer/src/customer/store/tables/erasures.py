"""Erasures: the tracked jobs, what each part answered, and the tombstones that outlive them.

Tombstones name no foreign key: the customers and source records that they stand for are gone.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

erasures = Table(
    "erasures",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", KEY, nullable=False),
    Column("retired_ids", ARRAY(KEY), nullable=False),
    Column("source_record_ids", ARRAY(Uuid), nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_at", INSTANT, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("reference", Text),
    Column("client_id", Text, nullable=False),
    Column("received_at", INSTANT, nullable=False),
    Column("status", Text, nullable=False),
    Column("begun_at", INSTANT),
    Column("erased_at", INSTANT),
    Column("due_at", INSTANT),
    Column("completed_at", INSTANT),
    Column("same_as", Uuid, ForeignKey("erasures.id")),
    Column("version", BigInteger, nullable=False),
    Column("receipt", JSONB),
    Column("receipt_hash", LargeBinary),
    Index("erasures_by_customer", "customer_id"),
    Index("erasures_by_status", "status", "received_at", "id"),
    Index("erasures_by_age", "received_at", "id"),
    comment="Erasures as tracked jobs: ids and times, nothing of the person.",
)

erasure_parts = Table(
    "erasure_parts",
    METADATA,
    Column("erasure_id", Uuid, ForeignKey("erasures.id"), primary_key=True),
    Column("part", KEY, primary_key=True),
    Column("erased", JSONB, nullable=False),
    Column("kept", JSONB, nullable=False),
    Column("answered_at", INSTANT),
    comment="What each part erased and kept; a part that has not answered has no answered_at.",
)

erased_customers = Table(
    "erased_customers",
    METADATA,
    Column("customer_id", KEY, primary_key=True),
    Column("erasure_id", Uuid, ForeignKey("erasures.id"), nullable=False),
    Column("erased_at", INSTANT, nullable=False),
    Index("erased_customers_by_erasure", "erasure_id"),
    comment="Ids that answer 410 for ever, and are never given again.",
)

erased_records = Table(
    "erased_records",
    METADATA,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("erasure_id", Uuid, ForeignKey("erasures.id"), nullable=False),
    Column("erased_at", INSTANT, nullable=False),
    Index("erased_records_by_erasure", "erasure_id"),
    comment="Keyed hashes of sources' own ids, so that an old copy of a record is recognised.",
)
