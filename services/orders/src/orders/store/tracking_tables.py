"""The tables of where parcels are: what carriers said, what waits, what is not understood."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

parcels = Table(
    "parcels",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("shipment_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("placed_at", _INSTANT, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("holds_rest", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_at", _INSTANT),
    Column("is_disputed", Boolean, nullable=False),
    Column("registered_at", _INSTANT, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("terminal_at", _INSTANT),
    Column("terminal_status", Text),
    Column("other_at", _INSTANT),
    Column("other_status", Text),
    Column("unmapped_at", _INSTANT),
    Column("service", Text),
    Column("promised_until", _INSTANT),
    Column("origin", Text),
    Column("destination", Text),
    Column("cost_minor", BigInteger),
    Index("parcels_by_token", "token"),
    Index("parcels_by_number", "order_id", "carrier", "tracking_number"),
    Index("parcels_by_carrier", "carrier", "tracking_number", "registered_at", "id"),
    comment="What tracking_events come to: three moments to join, and what follows from them.",
    postgresql_partition_by="RANGE (id)",
)

tracking_events = Table(
    "tracking_events",
    METADATA,
    Column("parcel_id", Uuid, primary_key=True),
    Column("dedupe_key", LargeBinary, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("occurred_at", _INSTANT, nullable=False),
    Column("occurred_told", Text, nullable=False),
    Column("zone_source", Text, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text),
    Column("location", Text),
    Column("description", Text),
    Column("reason", Text),
    Index("tracking_events_by_parcel", "parcel_id", "occurred_at"),
    comment="Append only: what carriers said, as they said it.",
    postgresql_partition_by="RANGE (parcel_id)",
)

unclaimed_tracking_events = Table(
    "unclaimed_tracking_events",
    METADATA,
    Column("dedupe_key", LargeBinary, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("position", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("occurred_told", Text, nullable=False),
    Column("time_zone", Text),
    Column("code", Text),
    Column("location", Text),
    Column("description", Text),
    Column("reason", Text),
    Column("purview", JSONB, nullable=False),
    Index("unclaimed_tracking_events_by_number", "carrier", "tracking_number"),
    Index("unclaimed_tracking_events_by_age", "received_at"),
    comment="Told of parcels that nobody has registered yet; purview is how far the teller sees.",
)

unmapped_codes = Table(
    "unmapped_codes",
    METADATA,
    Column("carrier", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("times", BigInteger, nullable=False),
    Column("first_seen_at", _INSTANT, nullable=False),
    Column("last_seen_at", _INSTANT, nullable=False),
    Column("example_parcel_id", Uuid),
    Column("example_key", LargeBinary),
    comment="Carriers' words of no known meaning; example_key is an event that has its text.",
)
