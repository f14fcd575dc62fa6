"""What all table modules share: one metadata, and the types of keys and instants."""

from __future__ import annotations

from sqlalchemy import DateTime, MetaData, Text

from chassis.tables import include_in

METADATA = MetaData()
include_in(METADATA)

KEY = Text(collation="C")
INSTANT = DateTime(timezone=True)
