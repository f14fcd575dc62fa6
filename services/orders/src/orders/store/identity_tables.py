"""The tables of who bought: ids and where they lead, claims in waiting, what was erased."""

from __future__ import annotations

from sqlalchemy import (
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

from chassis.identity.tables import identity_tables
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

customer_aliases, customer_moves, record_moves, erased_customers, erased_records = identity_tables(
    METADATA
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
