"""Keep what was told of whose each complaint is, to undo merges; and who was erased."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE complaints ADD COLUMN told_customer_id text, ADD COLUMN erased_at timestamptz",
    """COMMENT ON COLUMN complaints.told_customer_id IS
        'Where a merge that is undone leads back to.'""",
    "UPDATE complaints SET told_customer_id = customer_id WHERE customer_id IS NOT NULL",
    """CREATE INDEX complaints_by_source_record ON complaints (source_record_id)
        WHERE source_record_id IS NOT NULL""",
    """CREATE TABLE customer_moves (
        customer_id text NOT NULL,
        leads_to text,
        moved_at timestamptz NOT NULL,
        sequence bigint NOT NULL,
        merged_at timestamptz,
        PRIMARY KEY (customer_id)
    )""",
    """COMMENT ON TABLE customer_moves IS
        'The last that was told of each merged or restored id; null: it stands for itself.'""",
    """CREATE INDEX customer_moves_by_end ON customer_moves (leads_to)
        WHERE leads_to IS NOT NULL""",
    """INSERT INTO customer_moves
            (customer_id, leads_to, moved_at, sequence, merged_at)
        SELECT retired_id, survivor_id, merged_at, 0, merged_at FROM customer_aliases""",
    """WITH RECURSIVE path AS (
        SELECT retired_id, survivor_id FROM customer_aliases
        UNION
        SELECT path.retired_id, alias.survivor_id
        FROM path JOIN customer_aliases AS alias ON alias.retired_id = path.survivor_id
    )
    UPDATE customer_aliases AS alias SET survivor_id = path.survivor_id
    FROM path
    WHERE path.retired_id = alias.retired_id
        AND NOT EXISTS (SELECT FROM customer_aliases WHERE retired_id = path.survivor_id)""",
    "CREATE INDEX customer_aliases_by_survivor ON customer_aliases (survivor_id)",
    """COMMENT ON TABLE customer_aliases IS
        'Retired global customer ids and their present survivor, never a chain.'""",
    """CREATE TABLE record_moves (
        source_record_id uuid NOT NULL,
        customer_id text NOT NULL,
        moved_at timestamptz NOT NULL,
        PRIMARY KEY (source_record_id)
    )""",
    """COMMENT ON TABLE record_moves IS
        'Source records taken out of a customer, and whose their complaints are since.'""",
    """CREATE TABLE erased_customers (
        customer_id text NOT NULL,
        erased_at timestamptz NOT NULL,
        PRIMARY KEY (customer_id)
    )""",
    """COMMENT ON TABLE erased_customers IS
        'Ids that answer 410 for ever; what is told under them later is stored without them.'""",
    """CREATE TABLE erased_records (
        source_record_id uuid NOT NULL,
        erased_at timestamptz NOT NULL,
        PRIMARY KEY (source_record_id)
    )""",
    """COMMENT ON TABLE erased_records IS
        'Source records of erased customers; complaints that came by them are nobody''s.'""",
    """CREATE TABLE erasures (
        erasure_id uuid NOT NULL,
        erased jsonb NOT NULL,
        erased_at timestamptz NOT NULL,
        PRIMARY KEY (erasure_id)
    )""",
    """COMMENT ON TABLE erasures IS
        'What each erasure came to here, as it was announced; it does not say whose it was.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE erasures",
    "DROP TABLE erased_records",
    "DROP TABLE erased_customers",
    "DROP TABLE record_moves",
    "DROP INDEX customer_aliases_by_survivor",
    "DROP TABLE customer_moves",
    "DROP INDEX complaints_by_source_record",
    "ALTER TABLE complaints DROP COLUMN told_customer_id, DROP COLUMN erased_at",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
