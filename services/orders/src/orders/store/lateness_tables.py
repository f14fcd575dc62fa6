"""The tables of how long parcels take, and of those that are watched until they arrive."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

transit_times = Table(
    "transit_times",
    METADATA,
    Column("level", Text, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("parcels", Integer, nullable=False),
    Column("ends", ARRAY(Double), nullable=False),
    Column("expected_log", Double, nullable=False),
    Column("recent", Double),
    Column("hazards", ARRAY(Double)),
    Column("learnt_at", _INSTANT, nullable=False),
    comment="How many days parcels took that travelled alike; written anew by each learning.",
)

lateness_models = Table(
    "lateness_models",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("form", SmallInteger, nullable=False),
    Column("intercept", Double, nullable=False),
    Column("weights", ARRAY(Double), nullable=False),
    Column("means", ARRAY(Double), nullable=False),
    Column("spreads", ARRAY(Double), nullable=False),
    Column("parcels", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("trained_at", _INSTANT, nullable=False),
    comment="Every model that ever judged, so that what it said stays explained; the last judges.",
)

parcel_outlooks = Table(
    "parcel_outlooks",
    METADATA,
    Column("parcel_id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("placed_at", _INSTANT, nullable=False),
    Column("promised_until", _INSTANT, nullable=False),
    Column("look_at", _INSTANT),
    Column("looked_at", _INSTANT),
    Column("probability", Double),
    Column("factors", JSONB),
    Column("model_version", Integer),
    Column("at_risk_at", _INSTANT),
    Index(
        "parcel_outlooks_to_look_at",
        "look_at",
        "parcel_id",
        postgresql_where=text("look_at IS NOT NULL"),
    ),
    Index(
        "parcel_outlooks_at_risk",
        "promised_until",
        "parcel_id",
        postgresql_where=text("at_risk_at IS NOT NULL AND look_at IS NOT NULL"),
    ),
    comment="Parcels with a promise, watched until they arrive; look_at is null once they have.",
)
