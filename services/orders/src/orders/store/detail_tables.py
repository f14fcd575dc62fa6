"""The tables of what only some orders have: an agreed delivery, pieces made to measure."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

order_deliveries = Table(
    "order_deliveries",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("method", Text, nullable=False),
    Column("location", Text),
    Column("service", Text),
    Column("promised_from", _INSTANT),
    Column("promised_until", _INSTANT),
    Column("terms", Text),
    Column("destination", Text),
    comment="How an order is to reach its customer; destination is an area, no address.",
)

line_specifications = Table(
    "line_specifications",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("measurements", JSONB, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    comment="What is made after one customer's measurements; erasing it is deleting its rows.",
)
