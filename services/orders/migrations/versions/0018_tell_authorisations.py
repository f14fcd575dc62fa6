"""Keep of which authorisation a payment is; let go of the credit of cancelled orders.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the authorisation that a payment names; credit of orders that were cancelled is free."""
    op.execute("ALTER TABLE order_payments ADD COLUMN authorisation text")
    op.execute(
        """DELETE FROM exchanges USING orders
        WHERE orders.id = exchanges.order_id AND orders.commercial = 'cancelled'"""
    )


def downgrade() -> None:
    """Forget them; what was let go of stays free."""
    op.execute("ALTER TABLE order_payments DROP COLUMN authorisation")
