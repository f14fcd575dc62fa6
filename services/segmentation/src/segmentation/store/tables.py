"""The tables of segmentation."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.identity.tables import identity_tables
from segmentation.store import fact_tables, schema
from segmentation.store.schema import CustomerId

metadata = schema.metadata

order_facts = fact_tables.order_facts
attribute_facts = fact_tables.attribute_facts
interaction_facts = fact_tables.interaction_facts

customer_aliases, customer_moves, record_moves, erased_customers, erased_records = identity_tables(
    metadata,
    id_type=CustomerId,
    comments={
        "erased_customers": (
            "Ids that answer 410 for ever; what is told under them later is nobody's."
        )
    },
)

erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", Uuid, primary_key=True),
    Column("erased", JSONB, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    comment="What each erasure came to here, as it was announced; it does not say whose it was.",
)

segments = Table(
    "segments",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("position", SmallInteger, unique=True),
    Column("purpose", Text, comment="Values that were declared for it alone count."),
    Column("rule", JSONB),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("written_at", DateTime(timezone=True)),
    Column("measured_at", DateTime(timezone=True), comment="Null: yet to be measured."),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(
        "(position IS NULL) = (purpose IS NOT NULL) AND (rule IS NULL) = (purpose IS NULL)"
    ),
    Index(
        "segments_to_measure",
        "slug",
        postgresql_where=text("purpose IS NOT NULL AND measured_at IS NULL"),
    ),
    comment="Segments of scores, best first by position; those with a rule are the house's own.",
)

segment_rules = Table(
    "segment_rules",
    metadata,
    Column("segment", Text, ForeignKey("segments.slug"), primary_key=True),
    Column("recency_from", SmallInteger, primary_key=True),
    Column("recency_to", SmallInteger, nullable=False),
    Column("frequency_from", SmallInteger, primary_key=True),
    Column("frequency_to", SmallInteger, nullable=False),
    Column("monetary_from", SmallInteger, primary_key=True),
    Column("monetary_to", SmallInteger, nullable=False),
    CheckConstraint("1 <= recency_from AND recency_from <= recency_to AND recency_to <= 5"),
    CheckConstraint("1 <= frequency_from AND frequency_from <= frequency_to AND frequency_to <= 5"),
    CheckConstraint("1 <= monetary_from AND monetary_from <= monetary_to AND monetary_to <= 5"),
    comment="Boxes of scores; together they cover each of the 125 triples once.",
)

segment_counts = Table(
    "segment_counts",
    metadata,
    Column("segment", Text, ForeignKey("segments.slug"), primary_key=True),
    Column("shard", SmallInteger, primary_key=True),
    Column("members", BigInteger, nullable=False),
    comment="Members of each segment: the sum over shards, which keep writers apart.",
)

profiles = Table(
    "profiles",
    metadata,
    Column("profile_id", Uuid, primary_key=True),
    Column("customer_id", CustomerId, nullable=False, unique=True),
    Column("first_purchase_on", Date),
    Column("last_purchase_on", Date),
    Column("frequency", Integer, nullable=False, server_default="0"),
    Column("open_complaints", Integer, nullable=False, server_default="0"),
    Column("recency_score", SmallInteger),
    Column("frequency_score", SmallInteger),
    Column("monetary_score", SmallInteger),
    Column("segment", Text, ForeignKey("segments.slug")),
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("made_by", CustomerId, comment="Whose merge made it, where one did."),
    Index("profiles_by_age", "recency_score", "last_purchase_on"),
    comment="A customer in numbers; profile_id stays for life, customer_id names whose it is.",
)

spendings = Table(
    "spendings",
    metadata,
    Column("profile_id", Uuid, ForeignKey("profiles.profile_id"), primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("ordered_minor", BigInteger, nullable=False),
    Column("cancelled_minor", BigInteger, nullable=False),
    Column("returned_minor", BigInteger, nullable=False),
    comment="What a customer spent, by currency.",
)

memberships = Table(
    "memberships",
    metadata,
    Column("membership_id", Uuid, primary_key=True),
    Column("profile_id", Uuid, ForeignKey("profiles.profile_id"), nullable=False),
    Column("segment", Text, ForeignKey("segments.slug"), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("left_at", DateTime(timezone=True)),
    Column("entered_by", CustomerId, comment="Whose merge began it, where one did."),
    Column("left_by", CustomerId, comment="Whose merge ended it, where one did."),
    Index(
        "memberships_open",
        "profile_id",
        "segment",
        unique=True,
        postgresql_where=text("left_at IS NULL"),
    ),
    Index(
        "memberships_of_segment",
        "segment",
        "membership_id",
        postgresql_where=text("left_at IS NULL"),
    ),
    Index("memberships_of_profile", "profile_id", "entered_at"),
    comment="Who was in which segment from when to when; of scores at most one is open.",
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("house_currency", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("rate_on", Date, primary_key=True),
    Column("rate", Numeric(20, 10), nullable=False),
    CheckConstraint("rate > 0"),
    comment="House currency for one unit of a currency, as imported; never invented.",
)

scorings = Table(
    "scorings",
    metadata,
    Column("scoring_id", Integer, Identity(always=True), primary_key=True),
    Column("house_currency", Text, nullable=False),
    Column("buyers", BigInteger, nullable=False),
    Column("scored_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    comment="Each drawing of cut points; finished once the whole base was measured by them.",
)

cut_points = Table(
    "cut_points",
    metadata,
    Column("scoring_id", Integer, ForeignKey("scorings.scoring_id"), primary_key=True),
    Column("indicator", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("points", ARRAY(BigInteger), nullable=False),
    CheckConstraint("indicator IN ('recency', 'frequency', 'monetary')"),
    CheckConstraint("(currency <> '') = (indicator = 'monetary')"),
    CheckConstraint("cardinality(points) = 4"),
    comment="The four values that cut the base in fifths.",
)

scoring_factors = Table(
    "scoring_factors",
    metadata,
    Column("scoring_id", Integer, ForeignKey("scorings.scoring_id"), primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("factor", Numeric, nullable=False),
    comment="House minor units for one minor unit, fixed until the next scoring.",
)

rule_clock = Table(
    "rule_clock",
    metadata,
    Column("is_the_one", Boolean, primary_key=True, server_default=text("true")),
    Column("turned_until", DateTime(timezone=True), nullable=False),
    CheckConstraint("is_the_one"),
    comment="Until when it was looked whom the mere passing of time brings in or out of rules.",
)
