"""What all tables of segmentation share."""

from __future__ import annotations

from sqlalchemy import MetaData, Text

from chassis.tables import include_in

metadata = MetaData()
include_in(metadata)

CustomerId = Text(collation="C")
