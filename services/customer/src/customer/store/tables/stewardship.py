"""What people decide about who is who: pairs to judge, rulings, and records that stay apart."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from customer.store.tables.schema import INSTANT, KEY, METADATA

_IS_LIVE = "status IN ('open', 'skipped')"

match_candidates = Table(
    "match_candidates",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("left_customer_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("right_customer_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("status", KEY, nullable=False),
    Column("value", Integer, nullable=False),
    Column("weight", Double),
    Column("judges", ARRAY(Text), nullable=False),
    Column("brands", ARRAY(Text), nullable=False),
    Column("countries", ARRAY(Text), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("claimed_by_client", Text),
    Column("claimed_by_person", Text),
    Column("claimed_until", INSTANT),
    Column("decided_by_client", Text),
    Column("decided_by_person", Text),
    Column("decided_at", INSTANT),
    Column("reason", Text),
    Column("ruling_id", Uuid),
    CheckConstraint(
        "left_customer_id <= right_customer_id", name="match_candidates_pair_has_one_form"
    ),
    Index(
        "match_candidates_one_is_live",
        "left_customer_id",
        "right_customer_id",
        unique=True,
        postgresql_where=text(_IS_LIVE),
    ),
    Index("match_candidates_by_value", "status", text("value DESC"), "opened_at", "id"),
    Index("match_candidates_by_age", "status", "opened_at", "id"),
    Index("match_candidates_by_left", "left_customer_id"),
    Index("match_candidates_by_right", "right_customer_id"),
    comment="Customers who may be one, or one who may be two; a person decides.",
)

match_candidate_judgements = Table(
    "match_candidate_judgements",
    METADATA,
    Column(
        "candidate_id",
        Uuid,
        ForeignKey("match_candidates.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("judgement_id", Uuid, ForeignKey("judgements.id", ondelete="CASCADE"), primary_key=True),
    Index("match_candidate_judgements_by_judgement", "judgement_id"),
)

match_candidate_steps = Table(
    "match_candidate_steps",
    METADATA,
    Column(
        "candidate_id",
        Uuid,
        ForeignKey("match_candidates.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("version", BigInteger, primary_key=True),
    Column("step", Text, nullable=False),
    Column("client_id", Text),
    Column("person", Text),
    Column("reason", Text),
    Column("at", INSTANT, nullable=False),
    comment="What happened to a match candidate; without a client it was the machine.",
)

proposed_parts = Table(
    "proposed_parts",
    METADATA,
    Column(
        "candidate_id",
        Uuid,
        ForeignKey("match_candidates.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "source_record_id",
        Uuid,
        ForeignKey("source_records.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("part", Integer, nullable=False),
    Index("proposed_parts_by_record", "source_record_id"),
    comment="How a relink would split a customer; part 0 keeps the id.",
)

rulings = Table(
    "rulings",
    METADATA,
    Column("judgement_id", Uuid, primary_key=True),
    Column("act", Text, nullable=False),
    Column("customer_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("other_id", KEY, ForeignKey("customers.id"), nullable=False),
    Column("merged_at", INSTANT),
    Column("retired_ids", ARRAY(Text), nullable=False),
    Column("source_record_ids", ARRAY(Uuid), nullable=False),
    Column("client_id", Text, nullable=False),
    Column("person", Text),
    Column("reason", Text, nullable=False),
    Column("ruled_at", INSTANT, nullable=False),
    Column("lifted_at", INSTANT),
    Index("rulings_by_customer", "customer_id"),
    Index("rulings_by_other", "other_id", "merged_at"),
    comment="What a person decided, beside the judgement that came of it; it outlives that.",
)

kept_apart = Table(
    "kept_apart",
    METADATA,
    Column("judgement_id", Uuid, ForeignKey("judgements.id", ondelete="CASCADE"), primary_key=True),
    Column("side", SmallInteger, primary_key=True),
    Column(
        "source_record_id",
        Uuid,
        ForeignKey("source_records.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("lifted_at", INSTANT),
    Index("kept_apart_by_record", "source_record_id", postgresql_where=text("lifted_at IS NULL")),
    comment="No machine joins customers of whom one has a record of side 0, one of side 1.",
)
