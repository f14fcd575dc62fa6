"""Let one read be of many customers: a page of the id map names nobody, and is noted."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE customer_reads ALTER COLUMN customer_id DROP NOT NULL",
    """COMMENT ON TABLE customer_reads IS
        'Who read whom, or many at once; forgotten when their retention rule says so.'""",
)
REVERSALS: tuple[str, ...] = (
    "DELETE FROM customer_reads WHERE customer_id IS NULL",
    "ALTER TABLE customer_reads ALTER COLUMN customer_id SET NOT NULL",
    """COMMENT ON TABLE customer_reads IS
        'Who read whom; rows are added, and forgotten when their retention rule says so.'""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
