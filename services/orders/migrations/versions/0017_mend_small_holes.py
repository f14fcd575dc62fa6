"""Keep why claims were refused, let go of old holds, and warrant by days."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """ALTER TABLE customer_claims
        ADD COLUMN problem_fields text[] NOT NULL DEFAULT '{}',
        ADD COLUMN ended_at timestamptz""",
    "UPDATE customer_claims SET ended_at = claimed_at WHERE next_try_at IS NULL",
    """CREATE INDEX customer_claims_given_up ON customer_claims (ended_at)
        WHERE ended_at IS NOT NULL AND sealed <> ''""",
    """CREATE INDEX slot_holds_let_go ON slot_holds (starts_at)
        WHERE state IN ('released', 'expired')""",
    "ALTER TABLE order_lines ADD COLUMN warranty_days integer",
    "ALTER TABLE warranty_terms ADD COLUMN days integer NOT NULL DEFAULT 0",
)
REVERSALS: tuple[str, ...] = (
    "ALTER TABLE warranty_terms DROP COLUMN days",
    "ALTER TABLE order_lines DROP COLUMN warranty_days",
    "DROP INDEX slot_holds_let_go",
    "ALTER TABLE customer_claims DROP COLUMN problem_fields, DROP COLUMN ended_at",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
