"""The tables of carriers' scorecards."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.identity_tables import METADATA

carrier_scorecards = Table(
    "carrier_scorecards",
    METADATA,
    Column("month", Date, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("home_region", Text, primary_key=True),
    Column("parcels", BigInteger, nullable=False),
    Column("promised", BigInteger, nullable=False),
    Column("on_time", BigInteger, nullable=False),
    Column("attempted", BigInteger, nullable=False),
    Column("at_first", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("damaged", BigInteger, nullable=False),
    Column("lost", BigInteger, nullable=False),
    Column("unsaid", BigInteger, nullable=False),
    Column("spreads", JSONB, nullable=False),
    comment="What became of the parcels handed over in a month; empty texts are what is not told.",
)

scorecard_months = Table(
    "scorecard_months",
    METADATA,
    Column("month", Date, primary_key=True),
    Column("measured_at", DateTime(timezone=True), nullable=False),
    comment="As of when the scorecards of a month are.",
)
