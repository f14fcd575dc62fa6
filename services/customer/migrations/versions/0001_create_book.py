"""Create customers, their source records, identifiers, judgements, merges and aliases."""

from __future__ import annotations

import re

from alembic import op

from chassis.migrations import CREATE_CHASSIS_TABLES_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE customers (
        id text COLLATE "C" PRIMARY KEY,
        brand text NOT NULL,
        legal_entity text NOT NULL,
        home_region text NOT NULL,
        version bigint NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        retired_at timestamptz
    )""",
    """CREATE TABLE source_records (
        id uuid PRIMARY KEY,
        source text COLLATE "C" NOT NULL,
        external_id text COLLATE "C" NOT NULL,
        customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        channel text NOT NULL,
        store text,
        country text NOT NULL,
        language text,
        brand text NOT NULL,
        legal_entity text NOT NULL,
        home_region text NOT NULL,
        raw jsonb NOT NULL,
        normalised jsonb NOT NULL,
        flags jsonb NOT NULL,
        matched_on text[] NOT NULL,
        content_hash bytea NOT NULL,
        version bigint NOT NULL,
        observed_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )""",
    """CREATE UNIQUE INDEX source_records_by_external_id
        ON source_records (source, external_id)""",
    """CREATE INDEX source_records_by_customer
        ON source_records (customer_id, observed_at, id)""",
    """CREATE TABLE identifiers (
        kind text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        source_record_id uuid NOT NULL REFERENCES source_records (id) ON DELETE CASCADE,
        PRIMARY KEY (kind, value, source_record_id)
    )""",
    "CREATE INDEX identifiers_by_source_record ON identifiers (source_record_id)",
    """CREATE TABLE search_keys (
        kind text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        source_record_id uuid NOT NULL REFERENCES source_records (id) ON DELETE CASCADE,
        PRIMARY KEY (kind, key, source_record_id)
    )""",
    "CREATE INDEX search_keys_by_source_record ON search_keys (source_record_id)",
    """CREATE TABLE judgements (
        id uuid PRIMARY KEY,
        left_id uuid NOT NULL REFERENCES source_records (id) ON DELETE CASCADE,
        right_id uuid NOT NULL REFERENCES source_records (id) ON DELETE CASCADE,
        verdict text NOT NULL,
        judge text NOT NULL,
        rule text NOT NULL,
        evidence jsonb NOT NULL,
        judged_at timestamptz NOT NULL,
        CONSTRAINT judgements_pair_has_one_form CHECK (left_id < right_id)
    )""",
    """CREATE UNIQUE INDEX judgements_by_rule_are_said_once
        ON judgements (left_id, right_id, verdict) WHERE judge = 'rule'""",
    "CREATE INDEX judgements_by_right ON judgements (right_id)",
    """CREATE TABLE merges (
        retired_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        merged_at timestamptz NOT NULL,
        survivor_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        source_record_ids uuid[] NOT NULL,
        cause_id uuid NOT NULL REFERENCES source_records (id),
        PRIMARY KEY (retired_id, merged_at)
    )""",
    "CREATE INDEX merges_by_survivor ON merges (survivor_id)",
    """COMMENT ON TABLE merges IS
        'History: which records a retired customer had, and the record that joined them.'""",
    """CREATE TABLE customer_aliases (
        retired_id text COLLATE "C" PRIMARY KEY REFERENCES customers (id),
        survivor_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        retired_at timestamptz NOT NULL
    )""",
    "CREATE INDEX customer_aliases_by_survivor ON customer_aliases (survivor_id)",
    """COMMENT ON TABLE customer_aliases IS
        'Present state: where each retired id leads, in one step.'""",
)


def upgrade() -> None:
    for statement in (*CREATE_CHASSIS_TABLES_V1, *STATEMENTS):
        op.execute(statement)


def downgrade() -> None:
    created = re.findall(r"CREATE TABLE (\w+)", " ".join((*CREATE_CHASSIS_TABLES_V1, *STATEMENTS)))
    for table in reversed(created):
        op.execute(f"DROP TABLE {table}")
