"""The tables of who bought: ids and where they lead, claims in waiting, what was erased."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
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

_INSTANT = DateTime(timezone=True)

customer_claims = Table(
    "customer_claims",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("claimed_at", _INSTANT, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", _INSTANT),
    Column("problem", Text),
    Column("problem_fields", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("ended_at", _INSTANT),
    Index(
        "customer_claims_due",
        "next_try_at",
        postgresql_where=text("next_try_at IS NOT NULL"),
    ),
    Index(
        "customer_claims_given_up",
        "ended_at",
        postgresql_where=text("ended_at IS NOT NULL AND sealed <> ''"),
    ),
    comment="Who is said to have bought, encrypted until identity answers; id is the fact's.",
)

customer_aliases = Table(
    "customer_aliases",
    METADATA,
    Column("retired_id", Text, primary_key=True),
    Column("survivor_id", Text, nullable=False),
    Column("merged_at", _INSTANT, nullable=False),
    Index("customer_aliases_by_survivor", "survivor_id"),
    comment="Retired global customer ids and their present survivor, never a chain.",
)

customer_moves = Table(
    "customer_moves",
    METADATA,
    Column("customer_id", Text, primary_key=True),
    Column("leads_to", Text),
    Column("moved_at", _INSTANT, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("merged_at", _INSTANT),
    Index("customer_moves_by_end", "leads_to", postgresql_where=text("leads_to IS NOT NULL")),
    comment="The last that was told of each merged or restored id; null: it stands for itself.",
)

record_moves = Table(
    "record_moves",
    METADATA,
    Column("source_record_id", Uuid, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("moved_at", _INSTANT, nullable=False),
    comment="Source records that were taken out of a customer, and whose their facts are since.",
)

erased_customers = Table(
    "erased_customers",
    METADATA,
    Column("customer_id", Text, primary_key=True),
    Column("erased_at", _INSTANT, nullable=False),
    comment="Ids that answer 410 for ever; what is told under them later is stored without them.",
)

erased_records = Table(
    "erased_records",
    METADATA,
    Column("source_record_id", Uuid, primary_key=True),
    Column("erased_at", _INSTANT, nullable=False),
    comment="Source records of erased customers; facts that came by them are nobody's.",
)

erasures = Table(
    "erasures",
    METADATA,
    Column("erasure_id", Uuid, primary_key=True),
    Column("erased", JSONB, nullable=False),
    Column("kept", JSONB, nullable=False),
    Column("erased_at", _INSTANT, nullable=False),
    comment="What each erasure came to here, as it was announced; it does not say whose it was.",
)
