"""Find what was sold by its serial number."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE INDEX order_lines_by_serial_number ON order_lines (serial_number)
            WHERE serial_number IS NOT NULL"""
    )


def downgrade() -> None:
    op.execute("DROP INDEX order_lines_by_serial_number")
