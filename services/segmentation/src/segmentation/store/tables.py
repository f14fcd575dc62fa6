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
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.tables import include_in

metadata = MetaData()
include_in(metadata)

CustomerId = Text(collation="C")
_HAS_RECORD = text("source_record_id IS NOT NULL")

customer_aliases = Table(
    "customer_aliases",
    metadata,
    Column("retired_id", CustomerId, primary_key=True),
    Column("survivor_id", CustomerId, nullable=False),
    Column("merged_at", DateTime(timezone=True), nullable=False),
    Index("customer_aliases_by_survivor", "survivor_id"),
    comment="Retired global customer ids and their present survivor, never a chain.",
)

customer_moves = Table(
    "customer_moves",
    metadata,
    Column("customer_id", CustomerId, primary_key=True),
    Column("leads_to", CustomerId),
    Column("moved_at", DateTime(timezone=True), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("merged_at", DateTime(timezone=True)),
    Index("customer_moves_by_end", "leads_to", postgresql_where=text("leads_to IS NOT NULL")),
    comment="The last that was told of each merged or restored id; null: it stands for itself.",
)

record_moves = Table(
    "record_moves",
    metadata,
    Column("source_record_id", Uuid, primary_key=True),
    Column("customer_id", CustomerId, nullable=False),
    Column("moved_at", DateTime(timezone=True), nullable=False),
    comment="Source records that were taken out of a customer, and whose their facts are since.",
)

erased_customers = Table(
    "erased_customers",
    metadata,
    Column("customer_id", CustomerId, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    comment="Ids that answer 410 for ever; what is told under them later is nobody's.",
)

erased_records = Table(
    "erased_records",
    metadata,
    Column("source_record_id", Uuid, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    comment="Source records of erased customers; facts that came by them are nobody's.",
)

erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", Uuid, primary_key=True),
    Column("erased", JSONB, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    comment="What each erasure came to here, as it was announced; it does not say whose it was.",
)

order_facts = Table(
    "order_facts",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("brand", Text),
    Column("country", Text),
    Column("currency", Text),
    Column("total_minor", BigInteger),
    Column("placed_at", DateTime(timezone=True)),
    Column("placed_on", Date),
    Column("cancelled_minor", BigInteger),
    Column("cancelled_at", DateTime(timezone=True)),
    Index(
        "order_facts_by_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
    ),
    Index("order_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    comment="What was told of each order; without placed_at it was only mentioned so far.",
)

return_facts = Table(
    "return_facts",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    Column("order_id", Uuid),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("currency", Text, nullable=False),
    Column("refund_minor", BigInteger, nullable=False),
    Column("returned_at", DateTime(timezone=True), nullable=False),
    Index(
        "return_facts_by_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
    ),
    Index("return_facts_by_order", "order_id", postgresql_where=text("customer_id IS NULL")),
    Index("return_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    comment="What was told of each return; its own customer comes before the order's.",
)

complaint_facts = Table(
    "complaint_facts",
    metadata,
    Column("complaint_id", Uuid, primary_key=True),
    Column("order_id", Uuid),
    Column("customer_id", CustomerId),
    Column("told_customer_id", CustomerId),
    Column("source_record_id", Uuid),
    Column("owner_sequence", BigInteger),
    Column("filed_at", DateTime(timezone=True)),
    Column("is_open", Boolean, nullable=False),
    Column("state_sequence", BigInteger, nullable=False),
    Index(
        "complaint_facts_by_customer",
        "customer_id",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
    Index("complaint_facts_by_order", "order_id", postgresql_where=text("customer_id IS NULL")),
    Index("complaint_facts_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    comment="What was told of each complaint; it counts once filed_at is known.",
)

segments = Table(
    "segments",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("position", SmallInteger, nullable=False, unique=True),
    comment="Named segments, best first.",
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
    Index("memberships_open", "profile_id", unique=True, postgresql_where=text("left_at IS NULL")),
    Index(
        "memberships_of_segment",
        "segment",
        "membership_id",
        postgresql_where=text("left_at IS NULL"),
    ),
    Index("memberships_of_profile", "profile_id", "entered_at"),
    comment="Who was in which segment from when to when; at most one is open for each profile.",
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
