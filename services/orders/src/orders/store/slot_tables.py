"""The tables of delivery slots."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

delivery_zones = Table(
    "delivery_zones",
    METADATA,
    Column("zone", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("postcode_prefixes", ARRAY(Text), nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("lead_minutes", Integer, nullable=False),
    Column("hold_minutes", Integer, nullable=False),
    Column("opening", JSONB, nullable=False),
    Column("updated_at", _INSTANT, nullable=False),
    comment="Where and when the house delivers in windows.",
)

delivery_slots = Table(
    "delivery_slots",
    METADATA,
    Column("zone", Text, primary_key=True),
    Column("starts_at", _INSTANT, primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("booked", Integer, nullable=False),
    CheckConstraint(
        "held >= 0 AND booked >= 0 AND held + booked <= capacity",
        name="delivery_slots_are_not_oversold",
    ),
    comment="Windows of which a place was ever taken; capacity is the most that may be taken.",
)

slot_holds = Table(
    "slot_holds",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("starts_at", _INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
    Column("order_id", Uuid),
    Column("made_at", _INSTANT, nullable=False),
    Column("request_hash", LargeBinary),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Index("slot_holds_by_key", "client_id", "key", unique=True),
    Index(
        "slot_holds_in_time",
        "zone",
        "starts_at",
        "expires_at",
        postgresql_where=text("state = 'held'"),
    ),
    Index("slot_holds_by_order", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    Index(
        "slot_holds_promised",
        "zone",
        "starts_at",
        "id",
        postgresql_where=text("state = 'booked'"),
    ),
    Index(
        "slot_holds_let_go",
        "starts_at",
        postgresql_where=text("state IN ('released', 'expired')"),
    ),
    comment="Places in windows: held for a while, booked, or let go.",
)
