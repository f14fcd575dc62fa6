"""The table of what carriers and platforms send."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

carrier_answers = Table(
    "carrier_answers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("payload", LargeBinary),
    Column("client_id", Text, nullable=False),
    Column("purview", JSONB, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("leased_until", _INSTANT),
    Column("read_at", _INSTANT),
    Column("tracking_numbers", ARRAY(Text), nullable=False),
    Column("recorded", Integer),
    Column("unmapped", Integer),
    Column("refused", Integer),
    Column("problem", Text),
    Index("carrier_answers_by_body", "source", "body_hash", unique=True),
    Index("carrier_answers_to_read", "received_at", postgresql_where=text("read_at IS NULL")),
    Index("carrier_answers_by_number", "tracking_numbers", postgresql_using="gin"),
    comment="What carriers and platforms sent; the payload is emptied some time after it was read.",
)
