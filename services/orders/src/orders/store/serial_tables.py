"""The tables of pieces with serial numbers: who had them since, and how long they are warranted."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, text

from orders.store.identity_tables import METADATA

_INSTANT = DateTime(timezone=True)

serial_transfers = Table(
    "serial_transfers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("serial_number", Text, nullable=False),
    Column("customer_id", Text),
    Column("told_customer_id", Text),
    Column("erased_at", _INSTANT),
    Column("transferred_at", _INSTANT, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Index("serial_transfers_by_key", "client_id", "key", unique=True),
    Index("serial_transfers_by_line", "order_id", "line_no", "position", unique=True),
    Index(
        "serial_transfers_by_customer",
        "customer_id",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
    comment="To whom a sold piece went since; customer_id is null once out of the house's sight.",
)

warranty_terms = Table(
    "warranty_terms",
    METADATA,
    Column("category", Text, primary_key=True),
    Column("since_on", Date, primary_key=True),
    Column("months", Integer, nullable=False),
    Column("days", Integer, nullable=False, server_default=text("0")),
    comment="How long what is sold from a day on is warranted, where its line does not say.",
)
