"""The last data quality report, and whether another is wanted."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects.postgresql import JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

data_quality_reports = Table(
    "data_quality_reports",
    METADATA,
    Column("name", KEY, primary_key=True),
    Column("asked_at", INSTANT, nullable=False),
    Column("begun_at", INSTANT),
    Column("made_at", INSTANT),
    Column("report", JSONB),
    CheckConstraint("name = 'whole'", name="data_quality_reports_is_one"),
    comment="One row: the last report, when another was asked for, and since when it is made.",
)
