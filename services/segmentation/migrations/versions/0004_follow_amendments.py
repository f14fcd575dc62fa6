"""Follow what orders come to since they were changed."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """ALTER TABLE order_facts
            ADD COLUMN amended_total_minor bigint,
            ADD COLUMN amended_sequence bigint"""
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE order_facts DROP COLUMN amended_total_minor, DROP COLUMN amended_sequence"
    )
