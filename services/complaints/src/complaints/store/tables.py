"""The tables of the complaints database; the migrations are checked to equal them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.identity.tables import identity_tables
from chassis.tables import include_in

METADATA = MetaData()
include_in(METADATA)

teams = Table(
    "teams",
    METADATA,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

routing_tables = Table(
    "routing_tables",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("default_team", Text, ForeignKey("teams.slug"), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    comment="Each version of the routing rules, kept so that old decisions stay explained.",
)

routing_rules = Table(
    "routing_rules",
    METADATA,
    Column("table_version", Integer, ForeignKey("routing_tables.version"), primary_key=True),
    Column("priority", Integer, primary_key=True, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("team", Text, ForeignKey("teams.slug"), nullable=False),
    Column("channels", ARRAY(Text), nullable=False),
    Column("categories", ARRAY(Text), nullable=False),
    Column("countries", ARRAY(Text), nullable=False),
    Column("languages", ARRAY(Text), nullable=False),
    Column("brands", ARRAY(Text), nullable=False),
    Column("subject_words", ARRAY(Text), nullable=False),
    UniqueConstraint("table_version", "slug", name="routing_rules_by_slug"),
    comment="The first rule by priority whose conditions all hold names the team.",
)

complaints = Table(
    "complaints",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_ref", Text),
    Column("category", Text),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", Text),
    Column("country", Text, nullable=False),
    Column("store", Text),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("order_id", Uuid),
    Column("parcel_id", Uuid),
    Column("incident", Text),
    Column("customer_id", Text),
    Column("told_customer_id", Text, comment="Where a merge that is undone leads back to."),
    Column("source_record_id", Uuid),
    Column("erased_at", DateTime(timezone=True)),
    Column("team", Text, ForeignKey("teams.slug")),
    Column("routing_rule", Text),
    Column("routing_reasons", ARRAY(Text)),
    Column("routing_version", Integer, ForeignKey("routing_tables.version")),
    Column("resolution", Text),
    Column("filed_at", DateTime(timezone=True), comment="As the source's clock told it."),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("source", "external_ref", name="complaints_by_external_ref"),
    Index(
        "complaints_by_customer",
        "customer_id",
        "id",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
    Index(
        "complaints_by_source_record",
        "source_record_id",
        postgresql_where=text("source_record_id IS NOT NULL"),
    ),
    Index(
        "complaints_by_order",
        "order_id",
        postgresql_where=text("incident IS NOT NULL AND order_id IS NOT NULL"),
    ),
    Index("complaints_by_team", "team", "id"),
    Index("complaints_by_team_and_status", "team", "status", "id"),
    Index("complaints_by_status", "status", "id"),
)

parcel_incidents = Table(
    "parcel_incidents",
    METADATA,
    Column("parcel_id", Uuid, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("complaint_id", Uuid),
    comment="How often what befell a parcel, and the one complaint that was opened for it.",
)

linked_orders = Table(
    "linked_orders",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("source_record_id", Uuid, nullable=False),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    Index("linked_orders_by_age", "linked_at"),
    comment="Whose orders are that were placed without a customer, for incidents told before.",
)

history_entries = Table(
    "history_entries",
    METADATA,
    Column("complaint_id", Uuid, ForeignKey("complaints.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("step", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Text),
    Column("text", Text),
    Column("team", Text, ForeignKey("teams.slug")),
    Column("resolution", Text),
    comment="What happened to a complaint; entry n led to the complaint's version n.",
)

customer_aliases, customer_moves, record_moves, erased_customers, erased_records = identity_tables(
    METADATA,
    comments={
        "record_moves": (
            "Source records taken out of a customer, and whose their complaints are since."
        ),
        "erased_records": (
            "Source records of erased customers; complaints that came by them are nobody's."
        ),
    },
)

erasures = Table(
    "erasures",
    METADATA,
    Column("erasure_id", Uuid, primary_key=True),
    Column("erased", JSONB, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    comment="What each erasure came to here, as it was announced; it does not say whose it was.",
)
