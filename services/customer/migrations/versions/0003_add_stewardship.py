"""Create match candidates, rulings of people, and records that stay apart."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE match_candidates (
        id uuid PRIMARY KEY,
        left_customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        right_customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        status text COLLATE "C" NOT NULL,
        value integer NOT NULL,
        weight double precision,
        judges text[] NOT NULL,
        brands text[] NOT NULL,
        countries text[] NOT NULL,
        version bigint NOT NULL,
        opened_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        claimed_by_client text,
        claimed_by_person text,
        claimed_until timestamptz,
        decided_by_client text,
        decided_by_person text,
        decided_at timestamptz,
        reason text,
        ruling_id uuid,
        CONSTRAINT match_candidates_pair_has_one_form
            CHECK (left_customer_id <= right_customer_id)
    )""",
    """CREATE UNIQUE INDEX match_candidates_one_is_live
        ON match_candidates (left_customer_id, right_customer_id)
        WHERE status IN ('open', 'skipped')""",
    """CREATE INDEX match_candidates_by_value
        ON match_candidates (status, value DESC, opened_at, id)""",
    "CREATE INDEX match_candidates_by_age ON match_candidates (status, opened_at, id)",
    "CREATE INDEX match_candidates_by_left ON match_candidates (left_customer_id)",
    "CREATE INDEX match_candidates_by_right ON match_candidates (right_customer_id)",
    """COMMENT ON TABLE match_candidates IS
        'Customers who may be one, or one who may be two; a person decides.'""",
    """CREATE TABLE match_candidate_judgements (
        candidate_id uuid NOT NULL REFERENCES match_candidates (id) ON DELETE CASCADE,
        judgement_id uuid NOT NULL REFERENCES judgements (id) ON DELETE CASCADE,
        PRIMARY KEY (candidate_id, judgement_id)
    )""",
    """CREATE INDEX match_candidate_judgements_by_judgement
        ON match_candidate_judgements (judgement_id)""",
    """CREATE TABLE match_candidate_steps (
        candidate_id uuid NOT NULL REFERENCES match_candidates (id) ON DELETE CASCADE,
        version bigint NOT NULL,
        step text NOT NULL,
        client_id text,
        person text,
        reason text,
        at timestamptz NOT NULL,
        PRIMARY KEY (candidate_id, version)
    )""",
    """COMMENT ON TABLE match_candidate_steps IS
        'What happened to a match candidate; without a client it was the machine.'""",
    """CREATE TABLE rulings (
        judgement_id uuid PRIMARY KEY,
        act text NOT NULL,
        customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        other_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        merged_at timestamptz,
        retired_ids text[] NOT NULL,
        source_record_ids uuid[] NOT NULL,
        client_id text NOT NULL,
        person text,
        reason text NOT NULL,
        ruled_at timestamptz NOT NULL,
        lifted_at timestamptz
    )""",
    "CREATE INDEX rulings_by_customer ON rulings (customer_id)",
    "CREATE INDEX rulings_by_other ON rulings (other_id, merged_at)",
    """COMMENT ON TABLE rulings IS
        'What a person decided, beside the judgement that came of it; it outlives that.'""",
    """CREATE TABLE kept_apart (
        judgement_id uuid NOT NULL REFERENCES judgements (id) ON DELETE CASCADE,
        side smallint NOT NULL,
        source_record_id uuid NOT NULL REFERENCES source_records (id) ON DELETE CASCADE,
        lifted_at timestamptz,
        PRIMARY KEY (judgement_id, side, source_record_id)
    )""",
    """CREATE INDEX kept_apart_by_record ON kept_apart (source_record_id)
        WHERE lifted_at IS NULL""",
    """COMMENT ON TABLE kept_apart IS
        'No machine joins customers of whom one has a record of side 0, one of side 1.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE kept_apart",
    "DROP TABLE rulings",
    "DROP TABLE match_candidate_steps",
    "DROP TABLE match_candidate_judgements",
    "DROP TABLE match_candidates",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
