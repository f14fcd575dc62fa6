"""Create what linkage compares, the keys that find it, models, and blocked identifiers."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE record_traits (
        source_record_id uuid PRIMARY KEY REFERENCES source_records (id) ON DELETE CASCADE,
        traits text NOT NULL,
        keys bigint[] NOT NULL
    )""",
    """COMMENT ON TABLE record_traits IS
        'What is compared of a record, and the blocking keys that it is entered under.'""",
    """CREATE TABLE blocking_keys (
        key bigint NOT NULL,
        source_record_id uuid NOT NULL,
        PRIMARY KEY (key, source_record_id)
    )""",
    """COMMENT ON TABLE blocking_keys IS
        'Of record_traits.keys, the other way round; without a foreign key, for it is hot.'""",
    """CREATE TABLE identity_models (
        version text COLLATE "C" PRIMARY KEY,
        fitted_at timestamptz NOT NULL,
        fitted_on text NOT NULL,
        parameters jsonb NOT NULL,
        active boolean NOT NULL
    )""",
    """CREATE UNIQUE INDEX identity_models_one_is_active
        ON identity_models (active) WHERE active""",
    """CREATE TABLE blocked_identifiers (
        id uuid PRIMARY KEY,
        kind text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        blocked_by text NOT NULL,
        blocked_at timestamptz NOT NULL
    )""",
    """CREATE UNIQUE INDEX blocked_identifiers_by_value ON blocked_identifiers (kind, value)""",
    """COMMENT ON TABLE blocked_identifiers IS
        'Values that identify nobody, such as a shop''s own phone.'""",
    "DROP INDEX judgements_by_rule_are_said_once",
    """CREATE UNIQUE INDEX judgements_by_machine_are_said_once
        ON judgements (left_id, right_id, verdict, judge) WHERE judge IN ('rule', 'model')""",
)
REVERSALS: tuple[str, ...] = (
    "DROP INDEX judgements_by_machine_are_said_once",
    """CREATE UNIQUE INDEX judgements_by_rule_are_said_once
        ON judgements (left_id, right_id, verdict) WHERE judge = 'rule'""",
    "DROP TABLE blocked_identifiers",
    "DROP TABLE identity_models",
    "DROP TABLE blocking_keys",
    "DROP TABLE record_traits",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
