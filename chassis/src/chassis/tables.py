"""The tables that every service's database has for its plumbing, and how migrations create them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

CHASSIS = MetaData()

outbox = Table(
    "outbox",
    CHASSIS,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("aggregatetype", Text, nullable=False),
    Column("aggregateid", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("traceparent", Text),
    comment="Facts to publish; columns are those of Debezium's event router, and our own.",
)

inbox = Table(
    "inbox",
    CHASSIS,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("inbox_by_age", "received_at"),
    comment="Events whose effect is in this database already.",
)

held_events = Table(
    "held_events",
    CHASSIS,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("cause", Text),
    Column("held_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("held_events_by_key", "consumer", "topic", "key", "position"),
    comment="Events that could not be applied, and those of the same key that wait behind them.",
)

idempotency = Table(
    "idempotency",
    CHASSIS,
    Column("client_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("answer", JSONB, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("idempotency_by_age", "answered_at"),
    comment="First answers to requests that carried an Idempotency-Key.",
)

CREATE_CHASSIS_TABLES_V1: tuple[str, ...] = (
    """CREATE TABLE outbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL,
        aggregatetype text NOT NULL,
        aggregateid text NOT NULL,
        type text NOT NULL,
        sequence bigint NOT NULL,
        payload jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        traceparent text
    )""",
    """COMMENT ON TABLE outbox IS
        'Facts to publish; columns are those of Debezium''s event router, and our own.'""",
    """CREATE TABLE inbox (
        consumer text NOT NULL,
        event_id text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
    )""",
    "CREATE INDEX inbox_by_age ON inbox (received_at)",
    "COMMENT ON TABLE inbox IS 'Events whose effect is in this database already.'",
    """CREATE TABLE held_events (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        event_id text NOT NULL,
        headers jsonb NOT NULL,
        payload bytea NOT NULL,
        cause text,
        held_at timestamptz NOT NULL DEFAULT now()
    )""",
    "CREATE INDEX held_events_by_key ON held_events (consumer, topic, key, position)",
    """COMMENT ON TABLE held_events IS
        'Events that could not be applied, and those of the same key that wait behind them.'""",
    """CREATE TABLE idempotency (
        client_id text NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL,
        answer jsonb NOT NULL,
        answered_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (client_id, key)
    )""",
    "CREATE INDEX idempotency_by_age ON idempotency (answered_at)",
    """COMMENT ON TABLE idempotency IS
        'First answers to requests that carried an Idempotency-Key.'""",
)
"""The first version, frozen: migrations are history and never call the tables above."""


def include_in(metadata: MetaData) -> None:
    """Copy the plumbing's tables into a service's metadata."""
    for table in CHASSIS.tables.values():
        table.to_metadata(metadata)
