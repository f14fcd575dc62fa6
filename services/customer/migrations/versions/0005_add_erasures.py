"""Create erasures, what parts answered to them, and the tombstones of what was erased."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE erasures (
        id uuid PRIMARY KEY,
        customer_id text COLLATE "C" NOT NULL,
        retired_ids text[] COLLATE "C" NOT NULL,
        source_record_ids uuid[] NOT NULL,
        reason text NOT NULL,
        requested_at timestamptz NOT NULL,
        requested_by text NOT NULL,
        reference text,
        client_id text NOT NULL,
        received_at timestamptz NOT NULL,
        status text NOT NULL,
        begun_at timestamptz,
        erased_at timestamptz,
        due_at timestamptz,
        completed_at timestamptz,
        same_as uuid REFERENCES erasures (id),
        version bigint NOT NULL,
        receipt jsonb,
        receipt_hash bytea
    )""",
    "CREATE INDEX erasures_by_customer ON erasures (customer_id)",
    "CREATE INDEX erasures_by_status ON erasures (status, received_at, id)",
    "CREATE INDEX erasures_by_age ON erasures (received_at, id)",
    """COMMENT ON TABLE erasures IS
        'Erasures as tracked jobs: ids and times, nothing of the person.'""",
    """CREATE TABLE erasure_parts (
        erasure_id uuid NOT NULL REFERENCES erasures (id),
        part text COLLATE "C" NOT NULL,
        erased jsonb NOT NULL,
        kept jsonb NOT NULL,
        answered_at timestamptz,
        PRIMARY KEY (erasure_id, part)
    )""",
    """COMMENT ON TABLE erasure_parts IS
        'What each part erased and kept; a part that has not answered has no answered_at.'""",
    """CREATE TABLE erased_customers (
        customer_id text COLLATE "C" PRIMARY KEY,
        erasure_id uuid NOT NULL REFERENCES erasures (id),
        erased_at timestamptz NOT NULL
    )""",
    "CREATE INDEX erased_customers_by_erasure ON erased_customers (erasure_id)",
    """COMMENT ON TABLE erased_customers IS
        'Ids that answer 410 for ever, and are never given again.'""",
    """CREATE TABLE erased_records (
        key_hash bytea PRIMARY KEY,
        erasure_id uuid NOT NULL REFERENCES erasures (id),
        erased_at timestamptz NOT NULL
    )""",
    "CREATE INDEX erased_records_by_erasure ON erased_records (erasure_id)",
    """COMMENT ON TABLE erased_records IS
        'Keyed hashes of sources'' own ids, so that an old copy of a record is recognised.'""",
    "CREATE INDEX judgements_by_left ON judgements (left_id)",
    "CREATE INDEX merges_by_cause ON merges (cause_id)",
)
REVERSALS: tuple[str, ...] = (
    "DROP INDEX merges_by_cause",
    "DROP INDEX judgements_by_left",
    "DROP TABLE erased_records",
    "DROP TABLE erased_customers",
    "DROP TABLE erasure_parts",
    "DROP TABLE erasures",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
