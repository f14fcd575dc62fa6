"""Create facts, profiles, segments and scorings, with the first segments and cut points."""

from __future__ import annotations

import re

from alembic import op

from chassis.migrations import CREATE_CHASSIS_TABLES_V1

revision = "0001"
down_revision = None

TABLES = (
    """CREATE TABLE customer_aliases (
        retired_id text COLLATE "C" PRIMARY KEY,
        survivor_id text COLLATE "C" NOT NULL,
        merged_at timestamptz NOT NULL
    )""",
    """CREATE TABLE order_facts (
        order_id uuid PRIMARY KEY,
        customer_id text COLLATE "C",
        source_record_id uuid,
        owner_sequence bigint,
        brand text,
        country text,
        currency text,
        total_minor bigint,
        placed_at timestamptz,
        placed_on date,
        cancelled_minor bigint,
        cancelled_at timestamptz
    )""",
    """CREATE INDEX order_facts_by_customer ON order_facts (customer_id)
        WHERE customer_id IS NOT NULL""",
    """CREATE TABLE return_facts (
        return_id uuid PRIMARY KEY,
        order_id uuid,
        customer_id text COLLATE "C",
        source_record_id uuid,
        owner_sequence bigint,
        currency text NOT NULL,
        refund_minor bigint NOT NULL,
        returned_at timestamptz NOT NULL
    )""",
    """CREATE INDEX return_facts_by_customer ON return_facts (customer_id)
        WHERE customer_id IS NOT NULL""",
    "CREATE INDEX return_facts_by_order ON return_facts (order_id) WHERE customer_id IS NULL",
    """CREATE TABLE complaint_facts (
        complaint_id uuid PRIMARY KEY,
        order_id uuid,
        customer_id text COLLATE "C",
        source_record_id uuid,
        owner_sequence bigint,
        filed_at timestamptz,
        is_open boolean NOT NULL,
        state_sequence bigint NOT NULL
    )""",
    """CREATE INDEX complaint_facts_by_customer ON complaint_facts (customer_id)
        WHERE customer_id IS NOT NULL""",
    "CREATE INDEX complaint_facts_by_order ON complaint_facts (order_id) WHERE customer_id IS NULL",
    """CREATE TABLE segments (
        slug text PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL,
        position smallint NOT NULL UNIQUE
    )""",
    """CREATE TABLE segment_rules (
        segment text NOT NULL REFERENCES segments,
        recency_from smallint NOT NULL,
        recency_to smallint NOT NULL,
        frequency_from smallint NOT NULL,
        frequency_to smallint NOT NULL,
        monetary_from smallint NOT NULL,
        monetary_to smallint NOT NULL,
        PRIMARY KEY (segment, recency_from, frequency_from, monetary_from),
        CHECK (1 <= recency_from AND recency_from <= recency_to AND recency_to <= 5),
        CHECK (1 <= frequency_from AND frequency_from <= frequency_to AND frequency_to <= 5),
        CHECK (1 <= monetary_from AND monetary_from <= monetary_to AND monetary_to <= 5)
    )""",
    """CREATE TABLE segment_counts (
        segment text NOT NULL REFERENCES segments,
        shard smallint NOT NULL,
        members bigint NOT NULL,
        PRIMARY KEY (segment, shard)
    )""",
    """CREATE TABLE profiles (
        profile_id uuid PRIMARY KEY,
        customer_id text COLLATE "C" NOT NULL UNIQUE,
        first_purchase_on date,
        last_purchase_on date,
        frequency integer NOT NULL DEFAULT 0,
        open_complaints integer NOT NULL DEFAULT 0,
        recency_score smallint,
        frequency_score smallint,
        monetary_score smallint,
        segment text REFERENCES segments,
        version bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL
    )""",
    "CREATE INDEX profiles_by_age ON profiles (recency_score, last_purchase_on)",
    """CREATE TABLE spendings (
        profile_id uuid NOT NULL REFERENCES profiles,
        currency text NOT NULL,
        ordered_minor bigint NOT NULL,
        cancelled_minor bigint NOT NULL,
        returned_minor bigint NOT NULL,
        PRIMARY KEY (profile_id, currency)
    )""",
    """CREATE TABLE memberships (
        membership_id uuid PRIMARY KEY,
        profile_id uuid NOT NULL REFERENCES profiles,
        segment text NOT NULL REFERENCES segments,
        entered_at timestamptz NOT NULL,
        left_at timestamptz
    )""",
    "CREATE UNIQUE INDEX memberships_open ON memberships (profile_id) WHERE left_at IS NULL",
    """CREATE INDEX memberships_of_segment ON memberships (segment, membership_id)
        WHERE left_at IS NULL""",
    "CREATE INDEX memberships_of_profile ON memberships (profile_id, entered_at)",
    """CREATE TABLE exchange_rates (
        house_currency text NOT NULL,
        currency text NOT NULL,
        rate_on date NOT NULL,
        rate numeric(20, 10) NOT NULL CHECK (rate > 0),
        PRIMARY KEY (house_currency, currency, rate_on)
    )""",
    """CREATE TABLE scorings (
        scoring_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        house_currency text NOT NULL,
        buyers bigint NOT NULL,
        scored_at timestamptz NOT NULL,
        finished_at timestamptz
    )""",
    """CREATE TABLE cut_points (
        scoring_id integer NOT NULL REFERENCES scorings,
        indicator text NOT NULL CHECK (indicator IN ('recency', 'frequency', 'monetary')),
        currency text NOT NULL,
        points bigint[] NOT NULL CHECK (cardinality(points) = 4),
        PRIMARY KEY (scoring_id, indicator, currency),
        CHECK ((currency <> '') = (indicator = 'monetary'))
    )""",
    """CREATE TABLE scoring_factors (
        scoring_id integer NOT NULL REFERENCES scorings,
        currency text NOT NULL,
        factor numeric NOT NULL,
        PRIMARY KEY (scoring_id, currency)
    )""",
)

COMMENTS = {
    "customer_aliases": "Merges as they were told; chains are followed when an id is read.",
    "order_facts": "What was told of each order; without placed_at it was only mentioned so far.",
    "return_facts": "What was told of each return; its own customer comes before the order''s.",
    "complaint_facts": "What was told of each complaint; it counts once filed_at is known.",
    "segments": "Named segments, best first.",
    "segment_rules": "Boxes of scores; together they cover each of the 125 triples once.",
    "segment_counts": "Members of each segment: the sum over shards, which keep writers apart.",
    "profiles": "A customer in numbers; profile_id stays for life, customer_id names whose it is.",
    "spendings": "What a customer spent, by currency.",
    "memberships": (
        "Who was in which segment from when to when; at most one is open for each profile."
    ),
    "exchange_rates": "House currency for one unit of a currency, as imported; never invented.",
    "scorings": ("Each drawing of cut points; finished once the whole base was measured by them."),
    "cut_points": "The four values that cut the base in fifths.",
    "scoring_factors": "House minor units for one minor unit, fixed until the next scoring.",
}

SEGMENTS = (
    ("champions", "Champions", "Bought lately, buy often and spend the most."),
    ("loyal", "Loyal", "Buy often and were here not long ago."),
    ("high-value", "High value", "Among the biggest spenders on few purchases, and still active."),
    ("promising", "Promising", "Bought lately and more than once; may become loyal."),
    ("new", "New", "Bought lately, for the first time or nearly."),
    ("needs-attention", "Needs attention", "Middling buyers who have not been here lately."),
    ("about-to-sleep", "About to sleep", "Bought once or so, and not lately."),
    ("cannot-lose", "Cannot lose", "Bought often and much, and stay away."),
    ("at-risk", "At risk", "Came back several times, and stay away."),
    ("hibernating", "Hibernating", "Bought little, quite long ago."),
    ("lost", "Lost", "Bought little, longest ago."),
)  # fmt: skip

RULES = (  # segment, recency, frequency, monetary: each a range of scores, both ends included
    ("champions", (4, 5), (4, 5), (4, 5)),
    ("loyal", (4, 5), (4, 5), (1, 3)),
    ("loyal", (3, 3), (4, 5), (1, 5)),
    ("high-value", (3, 5), (1, 3), (5, 5)),
    ("promising", (4, 5), (2, 3), (1, 4)),
    ("new", (4, 5), (1, 1), (1, 4)),
    ("needs-attention", (3, 3), (2, 3), (1, 4)),
    ("about-to-sleep", (3, 3), (1, 1), (1, 4)),
    ("cannot-lose", (1, 2), (4, 5), (4, 5)),
    ("at-risk", (1, 2), (4, 5), (1, 3)),
    ("at-risk", (1, 2), (3, 3), (1, 5)),
    ("hibernating", (2, 2), (1, 2), (1, 5)),
    ("lost", (1, 1), (1, 2), (1, 5)),
)


def upgrade() -> None:
    for statement in (*CREATE_CHASSIS_TABLES_V1, *TABLES):
        op.execute(statement)
    for table, comment in COMMENTS.items():
        op.execute(f"COMMENT ON TABLE {table} IS '{comment}'")
    for position, (slug, name, description) in enumerate(SEGMENTS, start=1):
        op.execute(
            "INSERT INTO segments (slug, name, description, position)"  # noqa: S608 - constants above
            f" VALUES ('{slug}', '{name}', '{description}', {position})"
        )
    for segment, recency, frequency, monetary in RULES:
        scores = ", ".join(str(score) for score in (*recency, *frequency, *monetary))
        op.execute(f"INSERT INTO segment_rules VALUES ('{segment}', {scores})")  # noqa: S608 - the same


def downgrade() -> None:
    created = re.findall(r"CREATE TABLE (\w+)", " ".join((*CREATE_CHASSIS_TABLES_V1, *TABLES)))
    for table in reversed(created):
        op.execute(f"DROP TABLE {table} CASCADE")
