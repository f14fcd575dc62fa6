"""The tables of what the house tells its customers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

messages = Table(
    "messages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("happened_at", _INSTANT, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", _INSTANT, nullable=False),
    Column("problem", Text),
    Column("sent_at", _INSTANT),
    Column("recipient", Text),
    Column("language", Text),
    Column("template_version", BigInteger),
    Column("subject", Text),
    Column("text", Text),
    Column("html", Text),
    Index("messages_by_fact", "kind", "about_id", unique=True),
    Index("messages_by_order", "order_id", "happened_at"),
    Index("messages_to_send", "next_try_at", postgresql_where=text("state = 'waiting'")),
    comment="What customers were told, word by word; an erasure empties it.",
)

message_templates = Table(
    "message_templates",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("brand", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    comment="Edited templates, every version; the latest counts, and the house's own are files.",
)
