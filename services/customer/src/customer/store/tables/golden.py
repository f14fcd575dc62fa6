"""Survivorship rules, what a person fixed by hand, and how far search keys are made anew."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

survivorship_rule_sets = Table(
    "survivorship_rule_sets",
    METADATA,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("rules", JSONB, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("actor", Text),
    comment="Each version stays; the newest is in force.",
)

attribute_locks = Table(
    "attribute_locks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("told_customer_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("attribute", KEY, nullable=False),
    Column("value", JSONB),
    Column("reason", Text, nullable=False),
    Column("locked_at", INSTANT, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("actor", Text),
    Column("lifted_at", INSTANT),
    Column("lifted_by_client_id", Text),
    Column("lifted_by_actor", Text),
    Index("attribute_locks_by_told_customer", "told_customer_id", "attribute"),
    Index(
        "attribute_locks_in_force",
        "told_customer_id",
        "attribute",
        unique=True,
        postgresql_where=text("lifted_at IS NULL"),
    ),
    comment="A lifted lock stays without its value: who fixed what, and why.",
)

derivations = Table(
    "derivations",
    METADATA,
    Column("scheme", Integer, primary_key=True, autoincrement=False),
    Column("through", Uuid),
    Column("finished_at", INSTANT),
    comment="Up to which source record what is derived of it was made by a scheme.",
)
