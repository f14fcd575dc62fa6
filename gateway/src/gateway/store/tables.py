"""The gateway's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = MetaData()

api_keys = Table(
    "api_keys",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("client", Text, nullable=False),
    Column("prefix", Text, nullable=False, unique=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    comment="Keys of the gateway's clients; a row is never deleted, and revoked for ever.",
)

purviews = Table(
    "purviews",
    METADATA,
    Column("client", Text, primary_key=True),
    Column("purview", JSONB, nullable=False),
    comment="Clients from which the reading policy keeps something, as the customer service last "
    "told; a client that is not named sees the whole house.",
)

purview_changes = Table(
    "purview_changes",
    METADATA,
    Column("changes", BigInteger, nullable=False),
    comment="How often the purviews changed; one row.",
)
